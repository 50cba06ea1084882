"""The dashboard of the admin's first page."""

from typing import Any

from django import template
from django.utils import timezone

from chats import dashboard

register = template.Library()


@register.simple_tag(takes_context=True)
def board(context: Any) -> dict[str, Any] | None:
    """`{% board as board %}`: `charts` and what is `waiting`; None for who may not see them."""
    if not context["request"].user.has_perm("chats.view_statistics"):
        return None
    return {"charts": dashboard.charts(now=timezone.now()), "waiting": dashboard.waiting(), "days": dashboard.DAYS}
