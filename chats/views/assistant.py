"""An assistant's page: who it is, the visitor's past chats with it, and the beginning of a new one."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts import visit as visits
from accounts.decorators import VisitorRequest, visitor_required
from accounts.models import User
from accounts.visit import Visit
from assistants import favourites
from assistants.errors import Retired, Suspended, Unfinished, UnknownCode
from assistants.meeting import meet
from assistants.models import Assistant, Version
from assistants.views.finding import nobody
from chats import conversation, tasks
from chats.errors import CannotChat
from chats.model_choice import model_choice
from chats.models import ChatSession
from gptlab.errors import DomainError, Invalid, Limited, Unavailable
from gptlab.http import HttpRequest, marked

PAST_CHATS = 10  # to a page
NOT_MET = (UnknownCode, Retired, Unfinished)
TRY_AGAIN = (Invalid, CannotChat, Limited, Unavailable)


@require_safe
def assistant(request: HttpRequest, code: str) -> HttpResponse:
    visit = visits.current(request)
    try:
        found, version = meet(code, user=request.user)
    except NOT_MET as error:
        return _not_met(request, visit, code, error)
    if code != found.code:
        return redirect("chats:assistant", code=found.code)
    return render(request, "chats/assistant.html", _context(request, visit, found, version))


@require_POST
@visitor_required
def start(request: VisitorRequest, visit: Visit) -> HttpResponse:
    code = request.POST.get("assistant", "")
    try:
        reply = conversation.start(
            user=request.user,
            visit=visit,
            code=code,
            model=request.POST.get("model", "")[:200],
            text=request.POST.get("starter", ""),
            client_id=request.POST.get("client_id", "")[:64],
            now=timezone.now(),
        )
    except NOT_MET as error:
        return _not_met(request, visit, code, error)
    except TRY_AGAIN as error:
        return _refused(request, visit, code, error)
    tasks.enqueue(reply)
    return redirect("chats:session", session_id=reply.session_id)


def _context(request: HttpRequest, visit: Visit | None, found: Assistant, version: Version) -> dict[str, Any]:
    address = reverse("chats:assistant", args=[found.code])
    choice = model_choice(visit, wanted=version.model) if visit is not None else None
    asked = request.POST.get("model", "")
    return {
        "assistant": found,
        "choice": choice,
        "preset": asked if choice and asked in choice.names else choice and choice.preset,
        "past": _past(request, visit, found),
        "is_favourite": favourites.is_marked(found, user=request.user),
        "share_url": request.build_absolute_uri(address),
        "next": address,
    }


def _past(request: HttpRequest, visit: Visit | None, found: Assistant) -> Any:
    """The visitor's chats with this assistant that got past two messages, the one of late first."""
    if visit is None or not isinstance(request.user, User):
        return None
    rows = ChatSession.objects.owned_by(request.user).listed().filter(assistant=found).with_setting()
    return Paginator(rows.with_more_messages_than(2).order_by("-last_turn_at"), PAST_CHATS).get_page(request.GET.get("past"))


def _refused(request: HttpRequest, visit: Visit, code: str, error: DomainError) -> HttpResponse:
    """The page again, with what was chosen and why it does not do."""
    found, version = meet(code, user=request.user)
    context = _context(request, visit, found, version)
    if isinstance(error, Invalid) and error.field == "model":
        context["model_error"] = str(error)
    else:
        messages.warning(request, str(error))
    return marked(render(request, "chats/assistant.html", context), error)


def _not_met(request: HttpRequest, visit: Visit | None, code: str, error: UnknownCode | Retired | Unfinished) -> HttpResponse:
    if isinstance(error, UnknownCode):
        return nobody(request, code, error)
    context = {
        "assistant": error.assistant,
        "is_retired": isinstance(error, Retired),
        "is_suspended": isinstance(error, Suspended),
        "is_mine": request.user.pk is not None and error.assistant.creator_id == request.user.pk,
        "past": _past(request, visit, error.assistant),
    }
    return marked(render(request, "chats/assistant_away.html", context), error)
