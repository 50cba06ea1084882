"""The chat: its page, and what is done on it."""

import uuid

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.decorators import VisitorRequest, visitor_required
from accounts.visit import Visit
from chats import conversation, history, tasks
from chats.errors import Busy, ClientIdReused
from chats.models import Reply
from chats.views.showing import common, show_exchange, typed, vault_of
from gptlab.errors import Invalid, Limited, Unavailable
from gptlab.http import marked

TRY_AGAIN = (Busy, ClientIdReused, Invalid, Limited, Unavailable)  # the same words may go through a moment later


@require_POST
@visitor_required
def start(request: VisitorRequest, visit: Visit) -> HttpResponse:
    reply = conversation.start(
        user=request.user,
        visit=visit,
        code=typed(request.POST.get("assistant", "")),
        model=request.POST.get("model", "")[:200],
        now=timezone.now(),
    )
    tasks.enqueue(reply)
    return redirect("chats:session", session_id=reply.session_id)


@require_GET
@visitor_required
def session(request: VisitorRequest, visit: Visit, session_id: uuid.UUID) -> HttpResponse:
    return _page(request, visit, session_id)


def _page(request: VisitorRequest, visit: Visit, session_id: uuid.UUID, *, draft: str = "") -> HttpResponse:
    found = conversation.owned_session(user=request.user, session_id=session_id)
    before = _number(request.GET.get("before", ""))
    opened = history.exchanges(found, vault=vault_of(visit), before=before)
    exchanges = [show_exchange(exchange, visit=visit) for exchange in opened]
    last = exchanges[-1].reply if exchanges else None
    context = common(found) | {
        "exchanges": exchanges,
        "busy": last is not None and last.row.is_live,
        "model": last.row.model if last is not None else found.version.model,
        "older": exchanges[0].turn.number if exchanges and exchanges[0].turn.number > 0 else None,
        "is_past": before is not None and before < found.turn_count,
        "client_id": uuid.uuid4(),
        "draft": draft,
        "can_chat": visit.can_chat and found.is_open,
    }
    return render(request, "chats/session.html", context)


@require_POST
@visitor_required
def say(request: VisitorRequest, visit: Visit, session_id: uuid.UUID) -> HttpResponse:
    text, client_id = request.POST.get("text", ""), request.POST.get("client_id", "")[:64]
    try:
        said = conversation.say(
            user=request.user, visit=visit, session_id=session_id, text=text, client_id=client_id, now=timezone.now()
        )
    except TRY_AGAIN as error:
        if request.htmx:
            raise  # the page is still there, with what was written
        messages.warning(request, str(error))
        return marked(_page(request, visit, session_id, draft=text), error)
    if said.is_new:
        tasks.enqueue(said.reply)
    if not request.htmx:
        return _to_end(session_id)
    return _answer(request, visit, said.reply, with_turn=True)


@require_POST
@visitor_required
def retry(request: VisitorRequest, visit: Visit, session_id: uuid.UUID, reply_id: uuid.UUID) -> HttpResponse:
    reply = conversation.retry(user=request.user, visit=visit, session_id=session_id, reply_id=reply_id, now=timezone.now())
    tasks.enqueue(reply)
    if not request.htmx:
        return _to_end(session_id)
    return _answer(request, visit, reply, with_turn=False)


@require_POST
@visitor_required
def stop(request: VisitorRequest, visit: Visit, session_id: uuid.UUID, reply_id: uuid.UUID) -> HttpResponse:
    conversation.stop(user=request.user, session_id=session_id, reply_id=reply_id, now=timezone.now())
    return HttpResponse(status=204) if request.htmx else _to_end(session_id)


def _answer(request: VisitorRequest, visit: Visit, reply: Reply, *, with_turn: bool) -> HttpResponse:
    """The visitor's bubble and a live one; after a retry only the live one, in the place of the old."""
    vault = vault_of(visit)
    turn, opened = history.open_turn(reply.turn, vault=vault), history.open_reply(reply, turn=reply.turn, vault=vault)
    exchange = show_exchange(history.Exchange(turn=turn, reply=opened), visit=visit)
    context = common(reply.session) | {"exchange": exchange, "reply": exchange.reply}
    return render(request, "chats/_say.html" if with_turn else "chats/_reply.html", context)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else None


def _to_end(session_id: uuid.UUID) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("chats:session", kwargs={"session_id": session_id}) + "#latest", status=303)
