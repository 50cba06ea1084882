"""The replies to one message, looked through one by one: which of how many, and its neighbours."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from chats.models import Reply


@dataclass(frozen=True, slots=True)
class Place:
    """The neighbours go round: before the first comes the last."""

    number: int
    of: int
    earlier: UUID
    later: UUID


def places(replies: Iterable[Reply]) -> dict[UUID, Place]:
    """Of those of these replies that are not alone with their message. What came to nothing is no version of it."""
    shown = {reply.turn_id: reply.pk for reply in replies}
    rows = Reply.objects.filter(Q(chosen=True) | ~Q(sealed_text=""), turn_id__in=list(shown))
    variants: dict[int, list[UUID]] = defaultdict(list)
    for turn_id, pk in rows.order_by("turn_id", "variant").values_list("turn_id", "pk"):
        variants[turn_id].append(pk)
    return {pk: _place(pk, variants[turn_id]) for turn_id, pk in shown.items() if len(variants[turn_id]) > 1}


def _place(pk: UUID, among: list[UUID]) -> Place:
    at = among.index(pk)
    return Place(number=at + 1, of=len(among), earlier=among[at - 1], later=among[(at + 1) % len(among)])
