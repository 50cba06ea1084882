"""The chat: its page, and what is done on it."""

import uuid
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.decorators import VisitorRequest, visitor_required
from accounts.visit import Visit
from chats import conversation, history, tasks
from chats.errors import Busy, ClientIdReused
from chats.models import ChatSession, Reply
from chats.views.remembering import show_memory
from chats.views.showing import common, show_exchange, vault_of
from gptlab.errors import Invalid, Limited, Unavailable
from gptlab.http import marked

TRY_AGAIN = (Busy, ClientIdReused, Invalid, Limited, Unavailable)  # the same words may go through a moment later


@require_safe
@vary_on_headers("HX-Request")
@visitor_required
def session(request: VisitorRequest, visit: Visit, session_id: uuid.UUID) -> HttpResponse:
    """The chat from its end, or from before turn `?before=`. For htmx those earlier turns alone: they go on top of the others."""
    if request.htmx and "before" in request.GET:
        found = conversation.owned_session(user=request.user, session_id=session_id)
        return render(request, "chats/_earlier.html", common(found) | _turns(request, visit, found))
    return page(request, visit, session_id)


def page(
    request: VisitorRequest, visit: Visit, session_id: uuid.UUID, *, draft: str = "", notes_draft: str | None = None
) -> HttpResponse:
    """`draft` stands in the field, `notes_draft` where notes are edited."""
    found = conversation.owned_session(user=request.user, session_id=session_id)
    turns = _turns(request, visit, found, notes_draft=notes_draft)
    last = turns["exchanges"][-1].reply if turns["exchanges"] else None
    context = common(found) | turns
    live = last.row if last is not None and last.row.is_live else None
    context |= {
        "busy": live is not None,
        "refresh": _refresh(live, now=timezone.now()) if live is not None and not draft else None,
        "model": last.row.model if last is not None else found.version.model,
        "client_id": uuid.uuid4(),
        "draft": draft,
        "can_chat": visit.can_chat and found.is_open,
    }
    return render(request, "chats/session.html", context)


def _turns(request: VisitorRequest, visit: Visit, found: ChatSession, *, notes_draft: str | None = None) -> dict[str, Any]:
    """One page of turns, and the numbers that name the pages around it. None: there is none."""
    before = _number(request.GET.get("before", ""))
    shown = history.page(found, vault=vault_of(visit), before=before)
    exchanges = [show_exchange(exchange, visit=visit) for exchange in shown.exchanges]
    later = exchanges[-1].turn.number + 1 + history.TURNS if exchanges else 0
    return {
        "exchanges": exchanges,
        "older": exchanges[0].turn.number if shown.has_older else None,
        "is_past": before is not None and before < found.turn_count,
        "later": later if later < found.turn_count else None,
        "memory": show_memory(found, visit=visit, now=timezone.now(), draft=notes_draft),
    }


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
        return marked(page(request, visit, session_id, draft=text), error)
    if said.is_new:
        tasks.enqueue(said.reply)
    if not request.htmx:
        return _to_end(session_id)
    return _answer(request, visit, said.reply, with_turn=True)


@require_POST
@visitor_required
def retry(request: VisitorRequest, visit: Visit, session_id: uuid.UUID, reply_id: uuid.UUID) -> HttpResponse:
    model = request.POST.get("model", "")[:200]
    reply = conversation.retry(
        user=request.user, visit=visit, session_id=session_id, reply_id=reply_id, model=model, now=timezone.now()
    )
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
    exchange = show_exchange(history.latest(reply.turn, reply, vault=vault_of(visit)), visit=visit)
    context = common(reply.session) | {"exchange": exchange, "reply": exchange.reply}
    return render(request, "chats/_say.html" if with_turn else "chats/_reply.html", context)


def _refresh(reply: Reply, *, now: datetime) -> int:
    """Seconds after which a page without a script looks again: less often the longer it has waited.

    What comes by itself would take along what is being written, so meanwhile such a page has no field to write in.
    """
    waited = (now - reply.created_at).total_seconds()
    return 3 if waited < 30 else 5 if waited < 120 else 15


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else None


def _to_end(session_id: uuid.UUID) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("chats:session", kwargs={"session_id": session_id}) + "#latest", status=303)
