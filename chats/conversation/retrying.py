"""Another reply to the last message: after one that failed, or because the visitor wants another."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.visit import Visit
from chats.conversation.lookup import current_turn, locked, owned_reply, owned_session, parsed_or_none
from chats.conversation.pending import busy, new_variant, over, paid_by, require_chat
from chats.conversation.saying import Said
from chats.errors import Busy, NothingToRegenerate, NothingToRetry
from chats.model_choice import require_choice
from chats.models import ChatSession, Reply, Turn
from gptlab import rate_limits

State = Reply.State


def retry(*, user: User, visit: Visit, session_id: UUID, reply_id: UUID, model: str = "", now: datetime) -> Reply:
    """Another reply to the same message, after one that failed or was cut off. What arrived then is kept as its own variant.

    A reply is tried again once: the same button pressed twice gets the same new reply. `model` is another one for the rest of
    the session.
    """
    require_chat(visit)
    reply = owned_reply(user=user, session_id=session_id, reply_id=reply_id)
    if (again := _made_before(reply.session, client_id=reply.pk)) is not None:
        return again
    if model:
        require_choice(model, visit, wanted=reply.session.version.model)
    rate_limits.hit("say", key=str(user.pk), limit=settings.MESSAGE_LIMIT)
    try:
        with paid_by(visit) as new_id, transaction.atomic():
            session, turn = _free_to_write(session_id)
            if not (reply.chosen and reply.turn == turn and reply.state in (State.FAILED, State.INTERRUPTED)):
                raise NothingToRetry(_("There is nothing to try again here. Reload the page to see where the chat stands."))
            if model:
                session.model_override = model
                session.save(update_fields=["model_override"])
            return new_variant(new_id, turn=turn, session=session, visit=visit, client_id=reply.pk, now=now)
    except (Busy, IntegrityError):
        if (again := _made_before(reply.session, client_id=reply.pk)) is not None:
            return again
        raise busy() from None


def regenerate(*, user: User, visit: Visit, session_id: UUID, turn: int | None, client_id: str, now: datetime) -> Said:
    """Another reply to the last message. `turn` says which one that was on the visitor's page; None: whichever it is.

    Raises Missing, Invalid, Busy, SessionOver, NothingToRegenerate, CannotChat, Limited, Unavailable.
    """
    form_id = parsed_or_none(client_id)
    session = owned_session(user=user, session_id=session_id)
    if (again := _made_before(session, client_id=form_id)) is not None:
        return Said(turn=again.turn, reply=again, is_new=False)
    require_chat(visit)
    rate_limits.hit("say", key=str(user.pk), limit=settings.MESSAGE_LIMIT)
    try:
        with paid_by(visit) as new_id, transaction.atomic():
            session, last = _free_to_write(session_id)
            if turn is not None and turn != last.number:
                raise NothingToRegenerate(_("Only the last reply can be written anew. Fork the chat there to try another way."))
            reply = new_variant(new_id, turn=last, session=session, visit=visit, client_id=form_id, now=now)
            return Said(turn=last, reply=reply, is_new=True)
    except (Busy, IntegrityError):
        if (again := _made_before(session, client_id=form_id)) is not None:
            return Said(turn=again.turn, reply=again, is_new=False)
        raise busy() from None


def _free_to_write(session_id: UUID) -> tuple[ChatSession, Turn]:
    """The session, locked, and its last turn. Raises Busy, SessionOver."""
    session = locked(session_id)
    if not session.is_open:
        raise over()
    if session.replies.live().exists():
        raise busy()
    return session, current_turn(session)


def _made_before(session: ChatSession, *, client_id: UUID | None) -> Reply | None:
    if client_id is None:
        return None
    return session.replies.filter(client_id=client_id).select_related("turn", "session__assistant").first()
