"""The chat: its page, and what is done on it."""

import uuid
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.decorators import VisitorRequest, visitor_required
from accounts.visit import Visit
from assistants.views.steps import prompt_context
from chats import conversation, history, tasks
from chats.errors import Busy, ClientIdReused
from chats.models import ChatSession, Reply
from chats.sealing import vault_of
from chats.views import catching_up
from chats.views.answering import exchange, to_session
from chats.views.catching_up import Seen
from chats.views.remembering import show_memory
from chats.views.showing import ShownRecap, common, show_exchanges, show_state
from gptlab.errors import Invalid, Limited, Unavailable
from gptlab.http import marked
from gptlab.typed import whole_number

TRY_AGAIN = (Busy, ClientIdReused, Invalid, Limited, Unavailable)  # the same words may go through a moment later


@require_safe
@vary_on_headers("HX-Request")
@visitor_required
def session(request: VisitorRequest, visit: Visit, session_id: uuid.UUID) -> HttpResponse:
    """The chat from its end, or from before turn `?before=`. For htmx those earlier turns alone: they go on top of the others."""
    if request.htmx and "before" in request.GET:
        found = conversation.owned_session(user=request.user, session_id=session_id)
        return render(request, "chats/_older.html", common(found) | _turns(request, visit, found))
    return page(request, visit, session_id, editing=whole_number(request.GET.get("edit", "")))


def page(
    request: VisitorRequest,
    visit: Visit,
    session_id: uuid.UUID,
    *,
    draft: str = "",
    editing: int | None = None,
    edited: str | None = None,
    notes_draft: str | None = None,
) -> HttpResponse:
    """`draft` stands in the field, `notes_draft` where notes are edited.

    `editing` is the turn whose message is open to be edited, with `edited` as what it says.
    """
    now = timezone.now()
    found = conversation.owned_session(user=request.user, session_id=session_id)
    if found.is_compared:
        return redirect("chats:compared", code=found.assistant.code, session_id=found.pk)
    turns = _turns(request, visit, found, notes_draft=notes_draft)
    around = show_state(found, turns["exchanges"], visit=visit, now=now)
    written = {"editing": editing, "edited": edited, "draft": draft}
    refresh = _refresh(around["live"], around["recap"], now=now) if not draft and edited is None else None
    context = common(found) | turns | around | written | {"refresh": refresh}
    if found.is_trial:
        return render(request, "chats/trial.html", context | {"told": prompt_context(found.assistant, visit)})
    return render(request, "chats/session.html", context)


def _turns(request: VisitorRequest, visit: Visit, found: ChatSession, *, notes_draft: str | None = None) -> dict[str, Any]:
    """One page of turns, and the numbers that name the pages around it. None: there is none."""
    before = whole_number(request.GET.get("before", ""))
    shown = history.page(found, vault=vault_of(visit), before=before)
    exchanges = show_exchanges(shown.exchanges, visit=visit)
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
    seen = Seen.parse(request.POST.get("seen", ""))
    try:
        said = conversation.say(
            user=request.user, visit=visit, session_id=session_id, text=text, client_id=client_id, now=timezone.now()
        )
    except TRY_AGAIN as error:
        if request.htmx and seen is not None and isinstance(error, Busy):
            return catching_up.refusal(request, visit, session_id, error, seen)
        if request.htmx:
            raise  # the page is still there, with what was written
        messages.warning(request, str(error))
        return marked(page(request, visit, session_id, draft=text), error)
    if said.is_new:
        tasks.enqueue(said.reply)
    if not request.htmx:
        return to_session(session_id)
    if seen is not None:
        return catching_up.said(request, visit, said.reply, seen)
    return exchange(request, visit, said.reply, template="chats/_say.html")


@require_POST
@visitor_required
def retry(request: VisitorRequest, visit: Visit, session_id: uuid.UUID, reply_id: uuid.UUID) -> HttpResponse:
    model = request.POST.get("model", "")[:200]
    reply = conversation.retry(
        user=request.user, visit=visit, session_id=session_id, reply_id=reply_id, model=model, now=timezone.now()
    )
    tasks.enqueue(reply)
    if not request.htmx:
        return to_session(session_id)
    return exchange(request, visit, reply, template="chats/_answered.html")


@require_POST
@visitor_required
def stop(request: VisitorRequest, visit: Visit, session_id: uuid.UUID, reply_id: uuid.UUID) -> HttpResponse:
    conversation.stop(user=request.user, session_id=session_id, reply_id=reply_id, now=timezone.now())
    return HttpResponse(status=204) if request.htmx else to_session(session_id)


def _refresh(reply: Reply | None, recap: ShownRecap | None, *, now: datetime) -> int | None:
    """Seconds after which a page without a script looks again: less often the longer it has waited. None: nothing is awaited.

    What comes by itself would take along what is being written, so meanwhile such a page has no field to write in.
    """
    if reply is None:
        return 3 if recap is not None and recap.is_awaited else None
    waited = (now - reply.created_at).total_seconds()
    return 3 if waited < 30 else 5 if waited < 120 else 15
