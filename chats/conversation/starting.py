"""Begin a session: the assistant speaks first."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.visit import Visit
from assistants.models import Assistant, AssistantDay
from chats.conversation.pending import new_reply, paid_by, require_chat
from chats.models import ChatSession, Reply, Turn
from gptlab import rate_limits
from gptlab.errors import Invalid, Missing


def start(*, user: User, visit: Visit, code: str, model: str, now: datetime) -> Reply:
    """A new session with its opening turn: the assistant speaks first. Raises Missing, CannotChat, Limited, Unavailable."""
    require_chat(visit)
    assistant = Assistant.objects.in_use().open_to(user).with_version().filter(code=code).first()
    if assistant is None or assistant.active_version is None:
        raise Missing(_("The assistant was retired, or a letter of its code is off."))
    if model and model not in visit.models:
        raise Invalid(_("Your key does not have the model “%(model)s”. Choose another.") % {"model": model[:64]}, field="model")
    rate_limits.hit("start", key=str(user.pk), limit="30/minute")
    with paid_by(visit) as reply_id, transaction.atomic():
        session = ChatSession.objects.create(
            user=user,
            assistant=assistant,
            version=assistant.active_version,
            model_override=model,
            turn_count=1,
            started_at=now,
            last_turn_at=now,
        )
        turn = Turn.objects.create(session=session, number=0, created_at=now)
        reply = new_reply(reply_id, turn=turn, session=session, visit=visit, now=now)
        AssistantDay.count(assistant_id=assistant.pk, day=now.date(), sessions=1)
    return reply
