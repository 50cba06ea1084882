"""What staff see first: the last thirty days in charts, and what waits for somebody. Counts only; no text is read.

The charts cost a second or so where much goes on: each process counts them once a minute.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEntry
from assistants.models import Appeal, Assistant, Report
from chats.statistics import Day, by_day
from gptlab import words

DAYS = 30
_CHARTS: tuple[tuple[Promise, Callable[[Day], float | None]], ...] = (
    (_("Visitors"), lambda day: day.visitors),
    (_("Chats begun"), lambda day: day.sessions),
    (_("Replies"), lambda day: day.replies),
    (_("Replies that failed"), lambda day: day.errors),
    (_("Seconds to the first word"), lambda day: day.first_token_seconds),
    (_("Stopped by the guard"), lambda day: day.guard_blocks),
)


@dataclass(frozen=True, slots=True)
class Chart:
    label: Promise
    rows: tuple[tuple[date, float | None], ...]  # today the last

    @property
    def values(self) -> list[float]:
        return [value or 0 for _day, value in self.rows]

    @property
    def today(self) -> float | None:
        return self.rows[-1][1]


@dataclass(frozen=True, slots=True)
class Waiting:
    """What somebody should look at, as it is now."""

    queued: int
    reports: int
    appeals: int
    unreviewed: Sequence[str]  # pages of words
    audit_entries: int


def charts(*, now: datetime) -> tuple[Chart, ...]:
    return _charts(now.replace(second=0, microsecond=0))


def waiting() -> Waiting:
    newest = AuditEntry.objects.order_by("-number").values_list("number", flat=True).first()
    return Waiting(
        queued=Assistant.objects.filter(risk__gt=0).count(),
        reports=Report.objects.filter(closed_at=None).count(),
        appeals=Appeal.objects.filter(granted=None).count(),
        unreviewed=list(words.unreviewed()),
        audit_entries=newest or 0,
    )


@lru_cache(maxsize=1)
def _charts(minute: datetime) -> tuple[Chart, ...]:
    days = by_day(days=DAYS, now=minute)
    return tuple(Chart(label, tuple((day.date, value(day)) for day in days)) for label, value in _CHARTS)
