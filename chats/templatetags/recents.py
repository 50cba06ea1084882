"""`{% recent_chats 5 as chats %}`: the visitor's latest chats, for the sidebar and the front page. Nobody here: none."""

from typing import Any

from django import template

from chats.models import ChatSession

register = template.Library()


@register.simple_tag(takes_context=True)
def recent_chats(context: dict[str, Any], most: int) -> list[ChatSession]:
    visit = context.get("visit")
    if visit is None:
        return []
    owned = ChatSession.objects.listed().filter(user_id=visit.user_id)
    return list(owned.select_related("assistant").order_by("-last_turn_at")[:most])
