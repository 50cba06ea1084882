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


@dataclass(frozen=True, slots=True)
class Chart:
    label: Promise
    rows: tuple[tuple[date, float | None], ...]  # today the last
    adds_up: bool = True  # who came on two days is one visitor, and medians have no sum

    @property
    def values(self) -> list[float]:
        return [value or 0 for _day, value in self.rows]

    @property
    def since(self) -> date:
        return self.rows[0][0]

    @property
    def today(self) -> float | None:
        return self.rows[-1][1]

    @property
    def total(self) -> float | None:
        return sum(self.values) if self.adds_up else None

    @property
    def most(self) -> tuple[date, float] | None:
        """On the newest of the days that had as much. None: there was nothing."""
        values = [(value, day) for day, value in self.rows if value]
        value, day = max(values, default=(0, self.since))
        return (day, value) if value else None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What somebody should look at, as it is now."""

    queued: int
    reports: int
    appeals: int
    unreviewed: Sequence[str]  # pages of words


@dataclass(frozen=True, slots=True)
class AuditLog:
    entries: int
    newest: str  # digest


_CHARTS: tuple[tuple[Promise, Callable[[Day], float | None], bool], ...] = (
    (_("Visitors"), lambda day: day.visitors, False),
    (_("Chats begun"), lambda day: day.sessions, True),
    (_("Replies"), lambda day: day.replies, True),
    (_("Replies that failed"), lambda day: day.errors, True),
    (_("Seconds to the first word"), lambda day: day.first_token_seconds, False),
    (_("Stopped by the guard"), lambda day: day.guard_blocks, True),
)


def charts(*, now: datetime) -> tuple[Chart, ...]:
    return _charts(now.replace(second=0, microsecond=0))


def waiting() -> Waiting:
    return Waiting(
        queued=Assistant.objects.filter(risk__gt=0).count(),
        reports=Report.objects.filter(closed_at=None).count(),
        appeals=Appeal.objects.filter(granted=None).count(),
        unreviewed=list(words.unreviewed()),
    )


def audit_log() -> AuditLog:
    newest = AuditEntry.objects.order_by("-number").values_list("number", "digest").first()
    return AuditLog(*newest) if newest else AuditLog(0, "")


@lru_cache(maxsize=1)
def _charts(minute: datetime) -> tuple[Chart, ...]:
    days = by_day(days=DAYS, now=minute)
    return tuple(Chart(label, tuple((day.date, value(day)) for day in days), adds_up) for label, value, adds_up in _CHARTS)
