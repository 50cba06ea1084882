"""Two versions side by side: which ones, what is said to both, and which did better."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRedirect

from accounts.decorators import VisitorRequest, visitor_required
from accounts.visit import Visit
from assistants import lab
from chats import comparing, tasks
from chats.comparing import DRAFT, Saved
from chats.views.bench import Bench
from chats.views.compared import Choice
from gptlab.errors import Invalid, Missing
from gptlab.http import marked

REFRESH = 4  # seconds after which a page without a script looks again


@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
@visitor_required
def compare(request: VisitorRequest, visit: Visit, code: str) -> HttpResponse:
    """POST chooses the pair; with `run`, "all" or the id of a message, it is said to both sides."""
    bench = Bench(request.user, visit, lab.owned(user=request.user, code=code))
    shown = bench.shown(request.GET.dict())
    if request.method != "POST":
        return page(request, bench, shown)
    choice = Choice.of(request.POST.dict(), bench.usual)
    wish = request.POST.get("run", "")
    try:
        ran = _run(request, visit, bench, choice, wish)
    except Invalid as error:
        return answer(request, bench, choice, error=error)
    at = f"message-{wish}" if wish not in {"", "all"} else "messages"
    if request.htmx and wish and choice == shown:
        return answer(request, bench, choice, changed=[each.id for each in ran], has_run=True)
    if request.htmx:  # another pair than the page shows
        return HttpResponseClientRedirect(_address(bench, choice, at))
    return to_page(bench, choice, at=at)


def _run(request: VisitorRequest, visit: Visit, bench: Bench, choice: Choice, wish: str) -> list[Saved]:
    """The messages that it was about."""
    if not wish:
        return []
    now = timezone.now()
    saved = comparing.saved_messages(user=request.user, visit=visit, assistant=bench.assistant)
    wanted = [each for each in saved if wish in {"all", str(each.id)}]
    if wish != "all" and not wanted:
        raise Missing
    draft = bench.draft if DRAFT in (choice.left, choice.right) else None
    pair = comparing.pair_of(bench.assistant, left=choice.left, right=choice.right, draft=draft, now=now)
    for reply in comparing.run(user=request.user, visit=visit, pair=pair, messages=wanted, is_blind=choice.is_blind, now=now):
        tasks.enqueue(reply)
    return wanted


@require_POST
@visitor_required
def stop(request: VisitorRequest, visit: Visit, code: str) -> HttpResponse:
    """All that is being answered."""
    bench = Bench(request.user, visit, lab.owned(user=request.user, code=code))
    comparing.stop_all(user=request.user, assistant=bench.assistant, now=timezone.now())
    choice = bench.shown(request.GET.dict())
    return HttpResponse(status=204) if request.htmx else to_page(bench, choice, at="messages")


@require_safe
@vary_on_headers("HX-Request")
@visitor_required
def side(request: VisitorRequest, visit: Visit, code: str, session_id: UUID) -> HttpResponse:
    """Where a chat is one side of a comparison: the way there. For htmx what can be done now that it has ended."""
    bench = Bench(request.user, visit, lab.owned(user=request.user, code=code))
    found = comparing.by_side(user=request.user, visit=visit, assistant=bench.assistant, session_id=session_id)
    choice = bench.choice_of(found)
    if not request.htmx:
        return to_page(bench, choice, at=f"message-{found.row.message_id}")
    context = bench.context(choice, only=[found.row.message_id] if found.row.message_id else [])
    return render(request, "chats/_compare_ended.html", context)


@require_POST
@vary_on_headers("HX-Request")
@visitor_required
def mark(request: VisitorRequest, visit: Visit, code: str, session_id: UUID) -> HttpResponse:
    """`better`: the session of the better side, "equal", or nothing. For htmx the message with its mark, and the tally."""
    bench = Bench(request.user, visit, lab.owned(user=request.user, code=code))
    found = comparing.by_side(user=request.user, visit=visit, assistant=bench.assistant, session_id=session_id)
    comparing.mark(found, better=request.POST.get("better", "")[:64])
    choice = bench.shown(request.GET.dict())
    if request.htmx:
        return answer(request, bench, choice, changed=[found.row.message_id] if found.row.message_id else [])
    return to_page(bench, choice, at=f"message-{found.row.message_id}")


def page(request: VisitorRequest, bench: Bench, choice: Choice, **more: Any) -> HttpResponse:
    """`more`: what was typed and could not be taken, and why. A page that has such does not come anew by itself."""
    context = bench.context(choice, **more)
    refresh = REFRESH if context["is_running"] and not more else None
    return render(request, "chats/compare.html", context | {"refresh": refresh})


def answer(request: VisitorRequest, bench: Bench, choice: Choice, *, changed: Collection[UUID] = (), **more: Any) -> HttpResponse:
    """For htmx the parts that have changed, else the page. `error` is about the pair, `unfit` about a new message."""
    error = more.get("error") or more.get("unfit") or getattr(more.get("editing"), "error", None)
    if request.htmx:
        found = render(request, "chats/_compare_parts.html", bench.context(choice, only=changed, **more))
    else:
        found = page(request, bench, choice, **more)
    return marked(found, error) if error is not None else found


def to_page(bench: Bench, choice: Choice, *, at: str) -> HttpResponse:
    """See Other: reloading what comes runs nothing again."""
    return HttpResponseRedirect(_address(bench, choice, at), status=303)


def _address(bench: Bench, choice: Choice, at: str) -> str:
    return f"{bench.here}?{choice.query}#{at}"
