"""Another try at a reply that failed or was cut off."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.visit import Visit
from chats.conversation.lookup import locked, owned_reply
from chats.conversation.pending import busy, new_reply, paid_by, require_chat
from chats.errors import NothingToRetry
from chats.models import Reply
from gptlab import rate_limits

State = Reply.State


def retry(*, user: User, visit: Visit, session_id: UUID, reply_id: UUID, now: datetime) -> Reply:
    """Another reply to the same message, after one that failed or was cut off. What arrived then is kept as its own variant."""
    require_chat(visit)
    reply = owned_reply(user=user, session_id=session_id, reply_id=reply_id)
    rate_limits.hit("say", key=str(user.pk), limit="60/minute")
    try:
        with paid_by(visit) as new_id, transaction.atomic():
            session = locked(session_id)
            if session.replies.live().exists():
                raise busy()
            is_last = reply.turn.number == session.turn_count - 1
            if not (reply.chosen and is_last and reply.state in (State.FAILED, State.INTERRUPTED)):
                raise NothingToRetry(_("There is nothing to try again here. Reload the page to see where the chat stands."))
            Reply.objects.filter(pk=reply.pk).update(chosen=False)
            return new_reply(new_id, turn=reply.turn, session=session, visit=visit, variant=reply.variant + 1, now=now)
    except IntegrityError:
        raise busy() from None
