"""What goes on here, in numbers: for the operator, who sees all of them. Counted from rows as they are; no text is read.

What people have deleted is not in it. A day is one of UTC. Trials of the Lab count as replies, and in no number of sessions.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from statistics import median
from typing import Any, cast
from uuid import UUID

from django.db.models import Count, Sum

from accounts.models import User
from assistants.models import Assistant, Report
from chats.models import ChatSession, Reply, Turn

BAD_ENDS = (Reply.State.FAILED, Reply.State.INTERRUPTED)

Counts = dict[str, int]
_Row = tuple[datetime, datetime | None, UUID, str, str]  # created, first byte, user, state, guard


@dataclass(frozen=True, slots=True)
class Day:
    date: date
    visitors: int = 0  # who asked for a reply
    sessions: int = 0
    replies: int = 0
    errors: int = 0
    first_token_seconds: float | None = None  # the median from asking to the provider's first byte; None: there was none
    guard_blocks: int = 0


@dataclass(frozen=True, slots=True)
class Platform:
    """Of the last `days`; assistants and open reports: as they are now. What is counted by name has the largest first."""

    days: int
    visitors: int
    new_accounts: int
    sessions: int
    sessions_by_status: Counts
    sessions_by_type: Counts
    sessions_liked: int
    sessions_disliked: int
    trials: int
    turns: int
    replies: int
    replies_by_state: Counts
    replies_by_model: Counts
    replies_by_endpoint: Counts
    replies_liked: int
    replies_disliked: int
    tokens_in: int
    tokens_out: int
    tokens_estimated: int  # replies whose tokens nobody told
    guard_blocks: int
    errors: int
    errors_by_code: Counts
    first_token_seconds: float | None
    assistants: int
    assistants_by_visibility: Counts
    assistants_showcased: int
    assistants_retired: int
    reports_open: int


def by_day(*, days: int, now: datetime) -> tuple[Day, ...]:
    """One for each of the last `days`, today the last.

    Two queries, each row read once: dates are told apart here, since SQLite would call back for every one of them.
    """
    since = _since(days, now)
    by_date = groupby(_rows(Reply.objects.filter(created_at__gte=since)), key=lambda row: row[0].date())
    started = ChatSession.objects.listed().filter(started_at__gte=since).values_list("started_at", flat=True)
    sessions = Counter(moment.date() for moment in started.iterator())
    found = {day: _day(day, list(rows), sessions=sessions[day]) for day, rows in by_date}  # no more than a day's rows at once
    dates = [since.date() + timedelta(days=n) for n in range(days)]
    return tuple(found.get(day) or _day(day, [], sessions=sessions[day]) for day in dates)


def platform(*, days: int, now: datetime) -> Platform:
    since = _since(days, now)
    replies = Reply.objects.filter(created_at__gte=since)
    sessions = ChatSession.objects.filter(started_at__gte=since)
    listed, assistants = sessions.listed(), Assistant.objects.exclude(active_version=None)
    return Platform(
        days=days,
        visitors=replies.aggregate(n=Count("session__user", distinct=True))["n"],
        new_accounts=User.objects.filter(username=None, created_at__gte=since).count(),
        sessions=listed.count(),
        sessions_by_status=_by(listed, "status"),
        sessions_by_type=_by(listed, "assistant__session_type"),
        sessions_liked=listed.filter(liked=True).count(),
        sessions_disliked=listed.filter(liked=False).count(),
        trials=sessions.filter(is_trial=True).count(),
        turns=Turn.objects.filter(created_at__gte=since, sealed_text__isnull=False).count(),
        first_token_seconds=_median_wait(replies.values_list("created_at", "first_byte_at").iterator()),
        assistants=assistants.count(),
        assistants_by_visibility=_by(assistants, "visibility"),
        assistants_showcased=assistants.filter(showcased=True).count(),
        assistants_retired=assistants.filter(is_active=False).count(),
        reports_open=Report.objects.filter(closed_at=None).count(),
        **_of_replies(replies),
    )


def _of_replies(replies: Any) -> dict[str, Any]:
    """All that is counted of replies, from one look at them."""
    names = ("state", "model", "endpoint", "error_code", "guard", "liked", "tokens_estimated")
    rows = list(
        replies.order_by().values(*names).annotate(n=Count("pk"), tokens_in=Sum("tokens_in"), tokens_out=Sum("tokens_out"))
    )
    bad = [row for row in rows if row["state"] in BAD_ENDS]
    return {
        "replies": _sum(rows),
        "replies_by_state": _fold(rows, "state"),
        "replies_by_model": _fold(rows, "model"),
        "replies_by_endpoint": _fold(rows, "endpoint"),
        "replies_liked": _sum(row for row in rows if row["liked"]),
        "replies_disliked": _sum(row for row in rows if row["liked"] is False),
        "tokens_in": _sum(rows, "tokens_in"),
        "tokens_out": _sum(rows, "tokens_out"),
        "tokens_estimated": _sum(row for row in rows if row["tokens_estimated"]),
        "guard_blocks": _sum(row for row in rows if row["guard"]),
        "errors": _sum(bad),
        "errors_by_code": _fold(bad, "error_code"),
    }


def _sum(rows: Iterable[dict[str, Any]], name: str = "n") -> int:
    return sum(row[name] or 0 for row in rows)


def _fold(rows: Iterable[dict[str, Any]], name: str) -> Counts:
    counts: Counter[str] = Counter()
    for row in rows:
        counts[row[name]] += row["n"]
    return dict(counts.most_common())


def _by(rows: Any, name: str) -> Counts:
    return dict(rows.order_by().values_list(name).annotate(n=Count("pk")).order_by("-n", name))


def _since(days: int, now: datetime) -> datetime:
    first = now.astimezone(UTC).date() - timedelta(days=days - 1)
    return datetime.combine(first, time.min, tzinfo=UTC)


def _rows(replies: Any) -> Iterable[_Row]:
    names = ("created_at", "first_byte_at", "session__user", "state", "guard")
    return cast("Iterable[_Row]", replies.order_by("created_at").values_list(*names).iterator())


def _day(day: date, rows: list[_Row], *, sessions: int) -> Day:
    return Day(
        day,
        visitors=len({user for _created, _begun, user, _state, _guard in rows}),
        sessions=sessions,
        replies=len(rows),
        errors=sum(state in BAD_ENDS for _created, _begun, _user, state, _guard in rows),
        first_token_seconds=_median_wait((created, begun) for created, begun, *_rest in rows),
        guard_blocks=sum(guard != "" for *_rest, guard in rows),
    )


def _median_wait(times: Iterable[tuple[datetime, datetime | None]]) -> float | None:
    waits = [(begun - created).total_seconds() for created, begun in times if begun is not None]
    return round(median(waits), 3) if waits else None
