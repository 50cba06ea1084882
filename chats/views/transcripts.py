"""Downloads of a session."""

import uuid

from django.http import JsonResponse
from django.views.decorators.http import require_GET

from accounts.decorators import VisitorRequest, visitor_required
from accounts.visit import Visit
from chats import conversation, transcript
from chats.views.showing import vault_of


@require_GET
@visitor_required
def as_json(request: VisitorRequest, visit: Visit, session_id: uuid.UUID) -> JsonResponse:
    session = conversation.owned_session(user=request.user, session_id=session_id)
    data = transcript.as_data(session, vault=vault_of(visit))
    answer = JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="chat-{str(session.pk)[:8]}.json"'
    return answer
