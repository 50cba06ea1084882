"""The model's memory on the chat page, and what the visitor does with the notes that stand for earlier turns."""

import uuid

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import VisitorRequest, visitor_required
from accounts.visit import Visit
from chats import condensing, conversation
from chats.errors import NothingCondensed, UnfitMessage
from chats.models import ChatSession
from chats.sealing import vault_of
from chats.views import chat
from chats.views.remembering import show_memory
from chats.views.showing import common
from gptlab.http import marked
from gptlab.typed import whole_number


@require_safe
@visitor_required
def memory(request: VisitorRequest, visit: Visit, session_id: uuid.UUID) -> HttpResponse:
    """For the page that waits for notes; plain, it leads to the page itself."""
    session = conversation.owned_session(user=request.user, session_id=session_id)
    if not request.htmx:
        return _to_page(session)
    return memory_now(request, visit, session, looks=whole_number(request.GET.get("looks", "")) or 0)


@require_POST
@visitor_required
def edit(request: VisitorRequest, visit: Visit, session_id: uuid.UUID) -> HttpResponse:
    session = conversation.owned_session(user=request.user, session_id=session_id)
    text, digest = request.POST.get("notes", ""), request.POST.get("digest", "")
    try:
        condensing.edit(session, vault=vault_of(visit), text=text, digest_id=digest)
    except (UnfitMessage, NothingCondensed) as error:
        if request.htmx:
            raise  # the form is still there, with what was written
        messages.warning(request, str(error))
        return marked(chat.page(request, visit, session_id, notes_draft=text), error)
    return _answer(request, visit, session)


@require_POST
@visitor_required
def set_aside(request: VisitorRequest, visit: Visit, session_id: uuid.UUID) -> HttpResponse:
    session = conversation.owned_session(user=request.user, session_id=session_id)
    condensing.set_aside(session)
    return _answer(request, visit, session)


@require_POST
@visitor_required
def take_up(request: VisitorRequest, visit: Visit, session_id: uuid.UUID) -> HttpResponse:
    session = conversation.owned_session(user=request.user, session_id=session_id)
    condensing.take_up(session)
    return _answer(request, visit, session)


def memory_now(request: VisitorRequest, visit: Visit, session: ChatSession, *, looks: int = 0, own: bool = False) -> HttpResponse:
    """The parts of the page that tell of the memory. `own`: it's by the notes' own form."""
    shown = show_memory(session, visit=visit, now=timezone.now(), looks=looks)
    return render(request, "chats/_memory_now.html", common(session) | {"memory": shown, "own": own})


def _answer(request: VisitorRequest, visit: Visit, session: ChatSession) -> HttpResponse:
    return memory_now(request, visit, session, own=True) if request.htmx else _to_page(session)


def _to_page(session: ChatSession) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("chats:session", kwargs={"session_id": session.pk}) + "#condensed", status=303)
