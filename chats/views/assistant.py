"""An assistant's page: who it is, and the visitor's past talks with it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts import visit as visits
from accounts.models import User
from assistants.models import Assistant
from chats.models import ChatSession
from chats.views.showing import typed
from gptlab.errors import Missing
from gptlab.http import HttpRequest
from gptlab.llm import catalog

PAST_SESSIONS = 50


@require_GET
def assistant(request: HttpRequest, code: str) -> HttpResponse:
    visit = visits.current(request)
    found = Assistant.objects.in_use().open_to(request.user).with_version().filter(code=typed(code)).first()
    if found is None:
        raise Missing(_("The assistant was retired, or a letter of its code is off. Codes never contain I, L, O or U."))
    context: dict[str, Any] = {"assistant": found, "sessions": [], "next": request.path}
    if visit is not None and isinstance(request.user, User):
        wanted = found.active_version.model if found.active_version else ""
        context |= {
            "sessions": ChatSession.objects.owned_by(request.user)
            .filter(assistant=found)
            .with_setting()
            .order_by("-last_turn_at")[:PAST_SESSIONS],
            "models": catalog.offered(visit.provider, visit.models),
            "model": catalog.choose(visit.provider, wanted, visit.models),
            "wanted_model": wanted,
        }
    return render(request, "chats/assistant.html", context)
