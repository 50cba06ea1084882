"""How what was done in a chat is answered: for htmx with the part that changed, else with the way back to the chat."""

import uuid

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from accounts.decorators import VisitorRequest
from accounts.visit import Visit
from chats import history
from chats.models import Reply
from chats.sealing import vault_of
from chats.views.showing import common, show_exchange


def exchange(
    request: VisitorRequest, visit: Visit, reply: Reply, *, template: str, superseded: int | None = None
) -> HttpResponse:
    """The visitor's bubble and the reply, or the reply alone. `superseded` is the turn that this one takes the place of."""
    shown = show_exchange(history.latest(reply.turn, reply, vault=vault_of(visit)), visit=visit)
    context = common(reply.session) | {"exchange": shown, "reply": shown.reply, "superseded": superseded}
    return render(request, template, context)


def to_session(session_id: uuid.UUID, at: str = "latest", query: str = "") -> HttpResponseRedirect:
    """See Other: reloading what comes does not send the form again."""
    address = reverse("chats:session", kwargs={"session_id": session_id})
    return HttpResponseRedirect(address + query + (f"#{at}" if at else ""), status=303)
