"""A session, or a reply of it, as text."""

import uuid

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from accounts.decorators import VisitorRequest, visitor_required
from accounts.visit import Visit
from chats import conversation, history, transcript
from chats.models import ChatSession
from chats.sealing import vault_of
from gptlab.errors import Missing


@require_safe
@visitor_required
def as_json(request: VisitorRequest, visit: Visit, session_id: uuid.UUID) -> HttpResponse:
    session = conversation.owned_session(user=request.user, session_id=session_id)
    data = transcript.as_data(session, vault=vault_of(visit))
    answer = JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": 1})
    return _download(answer, session, "json")


@require_safe
@visitor_required
def as_csv(request: VisitorRequest, visit: Visit, session_id: uuid.UUID) -> HttpResponse:
    session = conversation.owned_session(user=request.user, session_id=session_id)
    text = transcript.as_csv(session, vault=vault_of(visit))
    return _download(HttpResponse(text.encode("utf-8", "replace"), content_type="text/csv; charset=utf-8"), session, "csv")


@require_safe
@visitor_required
def as_markdown(request: VisitorRequest, visit: Visit, session_id: uuid.UUID) -> HttpResponse:
    session = conversation.owned_session(user=request.user, session_id=session_id)
    text = transcript.as_markdown(session, vault=vault_of(visit))
    return _download(HttpResponse(text.encode("utf-8", "replace"), content_type="text/markdown; charset=utf-8"), session, "md")


def _download(answer: HttpResponse, session: ChatSession, ending: str) -> HttpResponse:
    """Under a name that says nothing of what is in it."""
    answer["Content-Disposition"] = f'attachment; filename="chat-{str(session.pk)[:8]}.{ending}"'
    return answer


@require_safe
@visitor_required
def reply_text(request: VisitorRequest, visit: Visit, session_id: uuid.UUID, reply_id: uuid.UUID) -> HttpResponse:
    """A reply as the model wrote it, in Markdown: what its copy button copies."""
    reply = conversation.owned_reply(user=request.user, session_id=session_id, reply_id=reply_id)
    opened = history.open_reply(reply, turn=reply.turn, vault=vault_of(visit))
    if opened.damaged:
        raise Missing
    return HttpResponse(opened.text, content_type="text/plain; charset=utf-8")
