"""The lounge: which assistants stand on which shelf, in what order, twenty to a page."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Sum, TextChoices
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from assistants.community import Community
from assistants.models import Assistant, AssistantQuerySet, Favourite
from assistants.words import pieces

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

PAGE_SIZE = 20
SEEDS = 1_000_000
_QUERY_MOST = 100


class Sort(TextChoices):
    MIXED = "mixed", _("Mixed")  # by the seed; not in the community, which may be too long to shuffle
    POPULAR = "popular", _("Popular")
    LIKED = "liked", _("Best rated")
    NEW = "new", _("Newest")


_ORDERS = {Sort.POPULAR: ("-people", "-pk"), Sort.LIKED: ("-liking", "-pk"), Sort.NEW: ("-created_at", "-pk")}


@dataclass(frozen=True)
class Shelf:
    """What the visitor sees, and what it was asked for once unusable wishes were dropped."""

    tab: str
    query: str
    category: str
    sort: Sort
    sorts: list[Sort]  # that this tab has, what goes without saying first
    page: Page[Assistant]  # each with `session_count` and `is_favourite` when the visitor is signed in
    counts: dict[str, int]  # of each tab that this visitor has, under the same search
    is_community_longer: bool  # than its count


def shelf(*, tab: str, query: str, category: str, user: "User | AnonymousUser", seed: int, page: int, sort: str = "") -> Shelf:
    """One page of a shelf. The same seed gives the same order, so that pages neither repeat nor lose anyone."""
    query = query.replace("\0", "")[:_QUERY_MOST].strip()
    category = category if category in Assistant.Category.values else ""
    wanted = pieces(query)
    community = Community(pieces=wanted, category=category)
    showcased, own = _tabs(user)
    short = {name: _matching(rows, wanted, category) for name, rows in own.items()}
    tabs: dict[str, Community | AssistantQuerySet]
    tabs = {"showcased": _matching(showcased, wanted, category), "community": community, **short}
    tab = tab if tab in tabs else "showcased"
    sorts = [each for each in Sort if each != Sort.MIXED or tab != "community"]
    chosen = Sort(sort) if sort in sorts else sorts[0]
    ids = _in_order(tabs[tab], sort=chosen, seed=seed)
    shown = _page(ids, number=page, user=user)
    return Shelf(
        tab=tab,
        query=query,
        category=category,
        sort=chosen,
        sorts=sorts,
        page=shown,
        counts={name: shown.paginator.count if name == tab else rows.count() for name, rows in tabs.items()},
        is_community_longer=community.is_longer,
    )


def shuffled(ids: Iterable[int], *, seed: int) -> list[int]:
    """In the seed's order. An assistant that comes or goes between two pages moves no other past its neighbours."""
    return sorted(ids, key=lambda pk: blake2b(f"{seed}:{pk}".encode(), digest_size=8).digest())


def _tabs(user: "User | AnonymousUser") -> tuple[AssistantQuerySet, dict[str, AssistantQuerySet]]:
    """The shelves that are short: the showcase, and what only the signed-in have."""
    in_use = Assistant.objects.in_use()
    if not user.is_authenticated:
        return in_use.showcased(), {}
    mine = in_use.made_by(user)
    marked = in_use.open_to(user).filter(favourites__user=user)
    either = in_use.showcased().values("pk").union(mine.values("pk"))  # as `|`, SQLite would look at all there are
    return Assistant.objects.filter(pk__in=either), {"mine": mine, "favourites": marked}


def _matching(rows: AssistantQuerySet, wanted: list[str], category: str) -> AssistantQuerySet:
    rows = rows.saying(wanted)
    return rows.filter(category=category) if category else rows


def _in_order(rows: Community | AssistantQuerySet, *, sort: Sort, seed: int) -> Community | list[int]:
    if isinstance(rows, Community):
        return rows.order_by(*_ORDERS[sort])
    ids = rows.values_list("pk", flat=True)
    return shuffled(ids, seed=seed) if sort == Sort.MIXED else list(ids.order_by(*_ORDERS[sort]))


def _page(ids: Any, *, number: int, user: "User | AnonymousUser") -> Page[Assistant]:
    rows = Assistant.objects.all()
    if user.is_authenticated:
        marked = Favourite.objects.filter(assistant=OuterRef("pk"), user=user)
        rows = rows.annotate(session_count=Coalesce(Sum("days__sessions"), 0), is_favourite=Exists(marked))
    paginator: Paginator[Any] = Paginator(ids, PAGE_SIZE)  # of ids: only one page's rows are fetched
    chosen = paginator.get_page(max(number, 1))
    found = rows.in_bulk(list(chosen.object_list))
    assistants = [found[pk] for pk in chosen.object_list if pk in found]
    return Page(assistants, chosen.number, paginator)
