"""A session, or a reply of it, as text."""

import uuid

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from accounts.decorators import VisitorRequest, visitor_required
from accounts.visit import Visit
from chats import conversation, history, transcript
from chats.views.showing import vault_of
from gptlab.errors import Missing


@require_safe
@visitor_required
def as_json(request: VisitorRequest, visit: Visit, session_id: uuid.UUID) -> JsonResponse:
    session = conversation.owned_session(user=request.user, session_id=session_id)
    data = transcript.as_data(session, vault=vault_of(visit))
    answer = JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="chat-{str(session.pk)[:8]}.json"'
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
