"""The dashboard of the admin's first page: who sees what of it, and where it leads."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext, ngettext

from accounts.models import User
from chats import dashboard

register = template.Library()


@dataclass(frozen=True, slots=True)
class Tile:
    """So many of something, and the page that has them."""

    count: int
    words: str
    address: str


@register.simple_tag(takes_context=True)
def board(context: Any) -> dict[str, Any] | None:
    """`{% board as board %}`: None for who may not see it; `audit` is None for who may not see that."""
    user = context["request"].user
    if not user.has_perm("chats.view_statistics"):
        return None
    return {
        "tiles": list(_tiles(user, dashboard.waiting())),
        "charts": dashboard.charts(now=timezone.now()),
        "days": dashboard.DAYS,
        "audit": dashboard.audit_log() if user.has_perm("accounts.view_auditentry") else None,
    }


@register.filter
def by_day(chart: dashboard.Chart) -> list[str]:
    """What a pointer on a bar is told."""
    return [f"{date_format(day, 'MONTH_DAY_FORMAT')}: {figure(value)}" for day, value in chart.rows]


@register.filter
def figure(value: float | None) -> str:
    if value is None:
        return "–"
    whole = float(value).is_integer()
    return number_format(value, decimal_pos=0 if whole else 2, use_l10n=True, force_grouping=True)


def _tiles(user: User, waiting: dashboard.Waiting) -> Iterator[Tile]:
    """None that leads to a page which this member of the staff may not open."""
    if user.has_perm("assistants.view_assistant"):
        words = gettext("in the moderation queue")
        yield Tile(waiting.queued, words, reverse("admin:assistants_queuedassistant_changelist"))
    if user.has_perm("assistants.view_report"):
        words = ngettext("open report", "open reports", waiting.reports)
        yield Tile(waiting.reports, words, reverse("admin:assistants_report_changelist"))
    if user.has_perm("assistants.view_appeal"):
        words = ngettext("open appeal", "open appeals", waiting.appeals)
        yield Tile(waiting.appeals, words, reverse("admin:assistants_appeal_changelist"))
    if waiting.unreviewed:
        count = len(waiting.unreviewed)
        words = ngettext("page that nobody has reviewed", "pages that nobody has reviewed", count)
        yield Tile(count, words, reverse(waiting.unreviewed[0]))
