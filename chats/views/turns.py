"""What is done to a turn that is there already: edited, answered anew, chosen, rated, forked."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.decorators import VisitorRequest, visitor_required
from accounts.visit import Visit
from chats import conversation, forms, tasks
from chats.views.answering import exchange, to_session
from chats.views.chat import TRY_AGAIN, page
from chats.views.notes import memory_now
from chats.views.showing import common
from gptlab.http import marked
from gptlab.typed import whole_number

NONE = 10**8  # no turn has this number


@require_POST
@visitor_required
def regenerate(request: VisitorRequest, visit: Visit, session_id: uuid.UUID) -> HttpResponse:
    said = conversation.regenerate(
        user=request.user,
        visit=visit,
        session_id=session_id,
        turn=whole_number(request.POST["turn"]) or 0 if "turn" in request.POST else None,
        client_id=request.POST.get("client_id", "")[:64],
        now=timezone.now(),
    )
    if said.is_new:
        tasks.enqueue(said.reply)
    return exchange(request, visit, said.reply, template="chats/_answered.html") if request.htmx else to_session(session_id)


@require_POST
@visitor_required
def edit(request: VisitorRequest, visit: Visit, session_id: uuid.UUID) -> HttpResponse:
    turn, text = _turn(request), request.POST.get("text", "")
    try:
        said = conversation.edit(
            user=request.user,
            visit=visit,
            session_id=session_id,
            turn=turn,
            text=text,
            client_id=request.POST.get("client_id", "")[:64],
            now=timezone.now(),
        )
    except TRY_AGAIN as error:
        if request.htmx:
            raise
        messages.warning(request, str(error))
        return marked(page(request, visit, session_id, editing=turn, edited=text), error)
    if said.is_new:
        tasks.enqueue(said.reply)
    if not request.htmx:
        return to_session(session_id)
    return exchange(request, visit, said.reply, template="chats/_edited.html", superseded=turn)


@require_POST
@visitor_required
def fork(request: VisitorRequest, visit: Visit, session_id: uuid.UUID) -> HttpResponse:
    """To the new chat. Forked from a message (`without_reply`), it opens on that message, ready to be edited and sent."""
    without_reply = bool(request.POST.get("without_reply"))
    copy = conversation.fork(
        user=request.user,
        visit=visit,
        session_id=session_id,
        turn=_turn(request),
        with_reply=not without_reply,
        client_id=request.POST.get("client_id", "")[:64],
        now=timezone.now(),
    )
    if without_reply:
        return to_session(copy.pk, at="", query=f"?edit={copy.turn_count - 1}")  # with a place in it no field would get the focus
    return to_session(copy.pk)


@require_POST
@visitor_required
def choose(request: VisitorRequest, visit: Visit, session_id: uuid.UUID, reply_id: uuid.UUID) -> HttpResponse:
    reply = conversation.choose(user=request.user, session_id=session_id, reply_id=reply_id)
    if request.htmx:
        answer = exchange(request, visit, reply, template="chats/_reply.html")
        answer.write(memory_now(request, visit, reply.session).content)  # notes that cover the turn may be set aside now
        return answer
    return to_session(session_id, at=f"reply-{reply.pk}")


@require_POST
@visitor_required
def rate(request: VisitorRequest, visit: Visit, session_id: uuid.UUID, reply_id: uuid.UUID) -> HttpResponse:
    liked = forms.liked(request.POST.get("liked", ""))
    reply = conversation.rate_reply(user=request.user, session_id=session_id, reply_id=reply_id, liked=liked)
    if request.htmx:
        return render(request, "chats/_thumbs.html", common(reply.session) | {"row": reply})
    return to_session(session_id, at=f"reply-{reply.pk}")


def _turn(request: VisitorRequest) -> int:
    number = whole_number(request.POST.get("turn", ""))
    return NONE if number is None else number
