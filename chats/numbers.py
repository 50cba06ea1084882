"""Who talks with an assistant, and what they think of it: counted from rows, never from texts.

People and not messages: whoever talks all day with one key counts once. The maker does not count, and nor, unless the operator
says so, who has only a key that was free (`COUNT_KEYLESS`): with those one can be many people.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from math import sqrt
from operator import itemgetter
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Q
from django.db.models.functions import TruncDate

from accounts import credentials
from assistants.blurring import blurred, share
from assistants.models import Assistant, AssistantDay
from assistants.numbers import DAYS
from chats.models import ChatSession, Turn
from chats.models.talk import ChatSessionQuerySet, TurnQuerySet

OF_LATE = timedelta(days=30)
BATCH = 500
_SURE = 1.96  # standard deviations: 95 %


@dataclass(frozen=True, slots=True)
class VersionNumbers:
    """All blurred: where there were few people, `people` is None and nothing else is told."""

    number: int
    people: int | None
    sessions: int | None = None
    concluded_percent: int | None = None
    turns_per_session: float | None = None
    raters: int | None = None
    liked_percent: int | None = None
    days: tuple[int, ...] = ()  # people a day, the oldest first; few count as none


def refresh(*, now: datetime) -> None:
    """Brings what the Lounge sorts by, and the people of today and yesterday, up to date. Safe to run at any time."""
    for day in (now - timedelta(days=1), now):
        _count_day(day)
    people, ratings = _people(since=now - OF_LATE), _ratings()
    changed = []
    fields = ("people", "raters", "likers", "liking")
    for assistant in Assistant.objects.only(*fields).iterator():
        before = tuple(getattr(assistant, name) for name in fields)
        raters, likers = ratings.get(assistant.pk, (0, 0))
        after = (people.get(assistant.pk, 0), raters, likers, sure_share(likers, raters))
        if after != before:
            assistant.people, assistant.raters, assistant.likers, assistant.liking = after
            changed.append(assistant)
    Assistant.objects.bulk_update(changed, fields, batch_size=BATCH)


def sure_share(part: int, whole: int) -> float:
    """The lower end of Wilson's interval: 2 of 2 is less sure than 90 of 100."""
    if whole == 0:
        return 0.0
    p, z = part / whole, _SURE * _SURE / whole
    return round((p + z / 2 - _SURE * sqrt((p * (1 - p) + z / 4) / whole)) / (1 + z), 6)


def of_versions(assistant: Assistant, *, today: date) -> list[VersionNumbers]:
    """Every published one, the newest first: that nobody has come is told no otherwise than that few have."""
    ours = _by_others(ChatSession.objects.filter(assistant=assistant))
    days = _days(ours, today=today)
    turns = dict(_said(ours).order_by().values_list("session__version__number").annotate(n=Count("pk")))
    rows = ours.values(number=F("version__number")).annotate(
        people=Count("user", distinct=True),
        sessions=Count("pk"),
        concluded=Count("pk", filter=Q(recap_asked_at__isnull=False)),
        raters=Count("user", distinct=True, filter=Q(liked__isnull=False)),
        rated=Count("pk", filter=Q(liked__isnull=False)),
        liked=Count("pk", filter=Q(liked=True)),
    )
    by_number = {row["number"]: row for row in rows}
    numbers = assistant.versions.filter(number__isnull=False).order_by("-number").values_list("number", flat=True)
    return [
        _told(by_number[number], turns.get(number, 0), days[number]) if number in by_number else VersionNumbers(number, None)
        for number in numbers
        if number is not None
    ]


def _days(ours: ChatSessionQuerySet, *, today: date) -> dict[int, list[int]]:
    """People who said something, by version and day (UTC), blurred as everything is."""
    first = today - timedelta(days=DAYS - 1)
    since = datetime.combine(first, time.min, tzinfo=UTC)
    turns = _said(ours.filter(last_turn_at__gte=since)).filter(created_at__gte=since).order_by()
    rows = turns.values(version=F("session__version__number"), day=TruncDate("created_at", tzinfo=UTC))
    days: dict[int, list[int]] = defaultdict(lambda: [0] * DAYS)
    for number, day, people in rows.annotate(n=Count("session__user", distinct=True)).values_list("version", "day", "n"):
        if day <= today:
            days[number][(day - first).days] = blurred(people) or 0
    return days


def _told(row: Mapping[str, Any], turns: int, days: Sequence[int]) -> VersionNumbers:
    if blurred(row["people"]) is None:
        return VersionNumbers(row["number"], None)
    raters = blurred(row["raters"])
    return VersionNumbers(
        number=row["number"],
        people=blurred(row["people"]),
        sessions=blurred(row["sessions"]),
        concluded_percent=share(row["concluded"], row["sessions"]),
        turns_per_session=round(2 * turns / row["sessions"]) / 2,
        raters=raters,
        liked_percent=share(row["liked"], row["rated"]) if raters else None,
        days=tuple(days),
    )


def _count_day(moment: datetime) -> None:
    day = moment.astimezone(UTC).date()
    midnight = datetime.combine(day, time.min, tzinfo=UTC)
    people = _people(since=midnight, before=midnight + timedelta(days=1))
    known = dict(AssistantDay.objects.filter(day=day).values_list("assistant", "people"))
    for pk, count in people.items():
        if known.get(pk) != count:
            AssistantDay.objects.update_or_create(assistant_id=pk, day=day, defaults={"people": count})
    gone = [pk for pk, count in known.items() if count and pk not in people]
    AssistantDay.objects.filter(day=day, assistant__in=gone).update(people=0)


def _people(*, since: datetime, before: datetime | None = None) -> dict[int, int]:
    """How many people said something, by assistant."""
    turns = _said(_by_others(ChatSession.objects.filter(last_turn_at__gte=since))).filter(created_at__gte=since)
    if before is not None:
        turns = turns.filter(created_at__lt=before)
    counted = turns.values("session__assistant").annotate(n=Count("session__user", distinct=True)).order_by()
    return dict(counted.values_list("session__assistant", "n"))


def _ratings() -> dict[int, tuple[int, int]]:
    """Raters and likers, by assistant. Each person has one vote: what they said of the chat they came to last."""
    rated = _by_others(ChatSession.objects.filter(liked__isnull=False))
    votes = rated.order_by("assistant", "user", "last_turn_at").values_list("assistant", "user", "liked")
    raters: Counter[int] = Counter()
    likers: Counter[int] = Counter()
    for (assistant, _user), theirs in groupby(votes.iterator(), key=itemgetter(0, 1)):
        *_earlier, (_assistant, _same, liked) = theirs
        raters[assistant] += 1
        likers[assistant] += bool(liked)
    return {pk: (count, likers[pk]) for pk, count in raters.items()}


def _by_others(sessions: ChatSessionQuerySet) -> ChatSessionQuerySet:
    """Those that count: no trials, none of the assistant's maker, and none of whom anybody can be as many as they like."""
    others = sessions.listed().exclude(assistant__creator=F("user"))
    return others if settings.COUNT_KEYLESS else others.exclude(user__in=credentials.with_free_keys_only())


def _said(sessions: ChatSessionQuerySet) -> TurnQuerySet:
    return Turn.objects.current().filter(session__in=sessions, sealed_text__isnull=False)
