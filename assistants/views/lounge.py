"""The lounge: its shelves as a page, or alone where htmx changes them in place."""

import secrets
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import push_url, replace_url

from assistants.lounge import SEEDS, Shelf, shelf
from assistants.models import Assistant
from gptlab.http import HttpRequest
from gptlab.typed import whole_number


@dataclass(frozen=True)
class Choice:
    """A tab or a category: a link that changes one wish and keeps the others."""

    key: str
    label: str
    url: str
    is_current: bool
    count: int = 0
    has_more: bool = False  # than its count


@require_safe
@vary_on_headers("HX-Request")
def lounge(request: HttpRequest) -> HttpResponse:
    asked = request.GET
    seed = whole_number(asked.get("seed", ""))
    seed = seed if seed is not None and seed < SEEDS else secrets.randbelow(SEEDS)
    found = shelf(
        tab=asked.get("tab", ""),
        query=asked.get("q", ""),
        category=asked.get("category", ""),
        user=request.user,
        seed=seed,
        page=whole_number(asked.get("page", "")) or 1,
        sort=asked.get("sort", ""),
    )
    context = _context(found, seed=seed)
    if not request.htmx:
        return render(request, "assistants/lounge.html", context)
    address = _address(found, seed=seed, page=found.page.number)
    return _with_address(request, render(request, "assistants/_shelves.html", context), address)


def _with_address(request: HttpRequest, response: HttpResponse, address: str) -> HttpResponse:
    """However many letters a search has, it is one step back: the first adds an address to the history, the others change it."""
    try:
        before = request.htmx.current_url_abs_path or ""
    except ValueError:  # a header that is no address
        before = ""
    was, is_now = (QueryDict(urlsplit(each).query) for each in (before, address))
    letters = "q" in was and "q" in is_now and was["q"] != is_now["q"]
    goes_on = letters and request.htmx.source == "form#search"
    return (replace_url if goes_on or address == before else push_url)(response, address)


def _context(found: Shelf, *, seed: int) -> dict[str, object]:
    labels = {"showcased": _("Showcased"), "community": _("Community"), "mine": _("Mine"), "favourites": _("Favourites")}
    page = found.page
    return {
        "title": _title(found, labels[found.tab]),
        "page": page,
        "tab": found.tab,
        "tab_label": labels[found.tab],
        "tabs": [
            Choice(
                key,
                labels[key],
                _address(found, seed=seed, tab=key),
                key == found.tab,
                count=count,
                has_more=key == "community" and found.is_community_longer,
            )
            for key, count in found.counts.items()
        ],
        "sorts": found.sorts,
        "sort": found.sort,
        "is_cut": found.tab == "community" and found.is_community_longer,
        "is_elsewhere": any(count for key, count in found.counts.items() if key != found.tab),
        "query": found.query,
        "category": found.category,
        "category_label": Assistant.Category(found.category).label if found.category else "",
        "categories": [
            Choice(key, str(label), _address(found, seed=seed, category=key), key == found.category)
            for key, label in zip(Assistant.Category, Assistant.Category.labels, strict=True)
        ],
        "all_url": _address(found, seed=seed, category=""),
        "clear_url": _address(found, seed=seed, category="", query=""),
        "previous_url": _address(found, seed=seed, page=page.previous_page_number()) if page.has_previous() else "",
        "next_url": _address(found, seed=seed, page=page.next_page_number()) if page.has_next() else "",
        "seed": seed,  # links carry it, so that the next page continues this one
    }


def _title(found: Shelf, label: str) -> str:
    """Lounge: Community, Data, “sql”, Newest, page 2."""
    wishes = [label] if found.tab != "showcased" else []
    wishes += [str(Assistant.Category(found.category).label)] if found.category else []
    wishes += [f"“{found.query}”"] if found.query else []
    wishes += [str(found.sort.label)] if found.sort != found.sorts[0] else []
    wishes += [_("page %(number)d") % {"number": found.page.number}] if found.page.number > 1 else []
    return ": ".join(filter(None, [_("Lounge"), ", ".join(wishes)]))


def _address(
    found: Shelf, *, seed: int, tab: str | None = None, query: str | None = None, category: str | None = None, page: int = 1
) -> str:
    """Of this shelf with some wishes changed. What goes without saying is left out."""
    wishes = {
        "tab": found.tab if tab is None else tab,
        "q": found.query if query is None else query,
        "category": found.category if category is None else category,
        "sort": found.sort.value if found.sort != found.sorts[0] else "",
        "page": page if page > 1 else "",
        "seed": seed,
    }
    if wishes["tab"] == "showcased":
        del wishes["tab"]
    return f"{reverse('assistants:lounge')}?{urlencode({name: wish for name, wish in wishes.items() if wish != ''})}"
