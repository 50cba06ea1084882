"""What a maker is told of the people who talk with their assistants: numbers of days, blurred. `chats` writes them down."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from assistants.blurring import blurred
from assistants.models import AssistantDay

DAYS = 30


@dataclass(frozen=True, slots=True)
class Month:
    """`people` a day, the oldest first, and replies that the guard `stopped`, in all. Few count as none."""

    people: tuple[int, ...]
    stopped: int


def months_of(assistant_ids: Collection[int], *, today: date) -> dict[int, Month]:
    """The last 30 days of each; one query for all."""
    first = today - timedelta(days=DAYS - 1)
    people = {pk: [0] * DAYS for pk in assistant_ids}
    stopped = dict.fromkeys(assistant_ids, 0)
    seen = dict.fromkeys(assistant_ids, 0)
    rows = AssistantDay.objects.filter(assistant__in=assistant_ids, day__gte=first, day__lte=today)
    for pk, day, talked, blocks, of_late in rows.values_list("assistant", "day", "people", "guard_blocks", "assistant__people"):
        seen[pk] = of_late
        people[pk][(day - first).days] = blurred(talked) or 0
        stopped[pk] += blocks
    return {pk: Month(tuple(people[pk]), _stopped(stopped[pk], people=seen[pk])) for pk in assistant_ids}


def _stopped(replies: int, *, people: int) -> int:
    """One person can make many replies be stopped: none are told where few people came."""
    return (blurred(replies) or 0) if blurred(people) else 0


def together(months: Iterable[Month]) -> Month:
    """Of what is blurred already: few and few stay none."""
    months = list(months)
    days = zip(*(month.people for month in months), strict=True)
    return Month(tuple(map(sum, days)), sum(month.stopped for month in months))
