"""The lounge: which assistants stand on which shelf, in what order, twenty to a page."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from django.core.paginator import Page, Paginator
from django.db.models import Sum
from django.db.models.functions import Coalesce

from assistants.models import Assistant, AssistantQuerySet

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

PAGE_SIZE = 20
SEEDS = 1_000_000
_QUERY_MOST = 100
_WORDS_MOST = 8


@dataclass(frozen=True)
class Shelf:
    """What the visitor sees, and what it was asked for once unusable wishes were dropped."""

    tab: str
    query: str
    category: str
    page: Page[Assistant]  # each with `session_count` when the visitor is signed in
    counts: dict[str, int]  # of each tab that this visitor has, under the same search


def shelf(*, tab: str, query: str, category: str, user: "User | AnonymousUser", seed: int, page: int) -> Shelf:
    """One page of a shelf. The same seed gives the same order, so that pages neither repeat nor lose anyone."""
    query = query.replace("\0", "")[:_QUERY_MOST].strip()
    category = category if category in Assistant.Category.values else ""
    tabs = {name: _matching(rows, query=query, category=category) for name, rows in _tabs(user).items()}
    tab = tab if tab in tabs else "showcased"
    ids = shuffled(tabs[tab].values_list("pk", flat=True), seed=seed)
    counts = {name: len(ids) if name == tab else rows.count() for name, rows in tabs.items()}
    return Shelf(tab=tab, query=query, category=category, page=_page(ids, number=page, user=user), counts=counts)


def shuffled(ids: Iterable[int], *, seed: int) -> list[int]:
    """In the seed's order. An assistant that comes or goes between two pages moves no other past its neighbours."""
    return sorted(ids, key=lambda pk: blake2b(f"{seed}:{pk}".encode(), digest_size=8).digest())


def _tabs(user: "User | AnonymousUser") -> dict[str, AssistantQuerySet]:
    in_use = Assistant.objects.in_use()
    shelves = {"showcased": in_use.showcased(), "community": in_use.community()}
    if user.is_authenticated:
        mine = in_use.made_by(user)
        shelves |= {"showcased": shelves["showcased"] | mine, "mine": mine}
    return shelves


def _matching(rows: AssistantQuerySet, *, query: str, category: str) -> AssistantQuerySet:
    rows = rows.saying(" ".join(query.split()[:_WORDS_MOST]))
    return rows.filter(category=category) if category else rows


def _page(ids: list[int], *, number: int, user: "User | AnonymousUser") -> Page[Assistant]:
    rows = Assistant.objects.all()
    if user.is_authenticated:
        rows = rows.annotate(session_count=Coalesce(Sum("days__sessions"), 0))
    paginator: Paginator[Any] = Paginator(ids, PAGE_SIZE)  # of ids: only one page's rows are fetched
    chosen = paginator.get_page(max(number, 1))
    found = rows.in_bulk(chosen.object_list)
    assistants = [found[pk] for pk in chosen.object_list if pk in found]
    return Page(assistants, chosen.number, paginator)
