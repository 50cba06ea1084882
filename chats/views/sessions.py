"""What is done to a chat as a whole: concluded and resumed, rated, named, deleted."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decorators import VisitorRequest, visitor_required
from accounts.visit import Visit
from chats import conversation, forms, naming, tasks
from chats.models import ChatSession
from chats.sealing import vault_of
from chats.views.answering import to_session
from chats.views.showing import common, show_recap
from gptlab.typed import whole_number

TITLE_TRIES = 4  # how often a page asks for a title that is being made


@require_POST
@visitor_required
def conclude(request: VisitorRequest, visit: Visit, session_id: uuid.UUID) -> HttpResponse:
    concluded = conversation.conclude(user=request.user, visit=visit, session_id=session_id, now=timezone.now())
    tasks.enqueue_recap(concluded)
    return to_session(session_id, at="recap")


@require_safe
@visitor_required
def recap(request: VisitorRequest, visit: Visit, session_id: uuid.UUID) -> HttpResponse:
    """The part of the page, for htmx, which asks until it is written."""
    session = conversation.owned_session(user=request.user, session_id=session_id)
    if not request.htmx:
        return to_session(session_id, at="recap")
    return render(request, "chats/_recap.html", _with_recap(session, visit))


@require_POST
@visitor_required
def resume(request: VisitorRequest, visit: Visit, session_id: uuid.UUID) -> HttpResponse:
    conversation.resume(user=request.user, session_id=session_id)
    return to_session(session_id)


@require_POST
@visitor_required
def rate(request: VisitorRequest, visit: Visit, session_id: uuid.UUID) -> HttpResponse:
    liked = forms.liked(request.POST.get("liked", ""))
    session = conversation.rate(user=request.user, session_id=session_id, liked=liked)
    if request.htmx:
        return render(request, "chats/_rating.html", common(session))
    return to_session(session_id, at="recap")


@require_POST
@visitor_required
def rename(request: VisitorRequest, visit: Visit, session_id: uuid.UUID) -> HttpResponse:
    title = request.POST.get("title", "")[:1000]
    session = conversation.rename(user=request.user, visit=visit, session_id=session_id, title=title)
    return _heading(request, visit, session) if request.htmx else to_session(session_id, at="main")


@require_safe
@visitor_required
def title(request: VisitorRequest, visit: Visit, session_id: uuid.UUID) -> HttpResponse:
    """The heading of the chat, for htmx, once its title may be there: `?try=` counts how often it was asked for."""
    session = conversation.owned_session(user=request.user, session_id=session_id)
    return _heading(request, visit, session) if request.htmx else to_session(session_id, at="main")


@require_http_methods(["GET", "HEAD", "POST"])
@visitor_required
def delete(request: VisitorRequest, visit: Visit, session_id: uuid.UUID) -> HttpResponse:
    session = conversation.owned_session(user=request.user, session_id=session_id)
    if request.method == "POST":
        conversation.delete(user=request.user, session_id=session_id, now=timezone.now())
        messages.success(request, _("The chat is deleted."))
        return redirect("chats:list")
    return render(request, "chats/delete.html", common(session) | {"message_count": session.count_messages()})


def _heading(request: VisitorRequest, visit: Visit, session: ChatSession) -> HttpResponse:
    tries = whole_number(request.GET.get("try", "")) or 0
    name = naming.title_of(session, vault=vault_of(visit))
    context = common(session) | {
        "title": name,
        "can_conclude": visit.can_chat and conversation.can_conclude(session),
        "try_again": tries + 1 if not name and session.title_asked_at and tries < TITLE_TRIES else None,
    }
    return render(request, "chats/_heading_part.html", context)


def _with_recap(session: ChatSession, visit: Visit) -> dict[str, object]:
    return common(session) | {"recap": show_recap(session, visit=visit, now=timezone.now())}
