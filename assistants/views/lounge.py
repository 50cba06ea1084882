"""The lounge, and the way in for those who were given a code."""

import secrets

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assistants import codes
from assistants.lounge import SEEDS, Shelf, shelf
from assistants.models import Assistant
from gptlab.errors import Missing
from gptlab.http import HttpRequest
from gptlab.rate_limits import hit, network

CODES_LIMIT = "10/minute;100/day"


@require_safe
def lounge(request: HttpRequest) -> HttpResponse:
    asked = request.GET
    seed = _number(asked.get("seed", ""))
    seed = seed if seed is not None and 0 <= seed < SEEDS else secrets.randbelow(SEEDS)
    found = shelf(
        tab=asked.get("tab", ""),
        query=asked.get("q", ""),
        category=asked.get("category", ""),
        user=request.user,
        seed=seed,
        page=_number(asked.get("page", "")) or 1,
    )
    return render(request, "assistants/lounge.html", _context(found, seed=seed))


@require_safe
def by_code(request: HttpRequest) -> HttpResponseRedirect:
    """`/assistants/?code=`: forgiving about how the code was typed, and slow for those who try many."""
    typed = request.GET.get("code", "").strip()
    if not typed:
        return redirect("assistants:lounge")
    code = codes.normalise(typed)
    hit("assistant-code", key=str(request.user.pk or network(request.META["REMOTE_ADDR"])), limit=CODES_LIMIT)
    if not Assistant.objects.open_to(request.user).filter(code=code).exists():
        raise Missing(_("Nobody answers to the code %(code)s.") % {"code": codes.grouped(code)})
    return redirect("chats:assistant", code=code)


def _context(found: Shelf, *, seed: int) -> dict[str, object]:
    labels = {"showcased": _("Showcased"), "community": _("Community"), "mine": _("Mine")}
    return {
        "page": found.page,
        "tab": found.tab,
        "tabs": [(key, labels[key], count) for key, count in found.counts.items()],
        "query": found.query,
        "category": found.category,
        "categories": Assistant.Category.choices,
        "seed": seed,  # links carry it, so that the next page continues this one
    }


def _number(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None
