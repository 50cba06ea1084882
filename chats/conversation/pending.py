"""A reply to come: its row, and the credential that pays for it, in the relay before any worker looks."""

from contextlib import AbstractContextManager
from datetime import datetime
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.visit import Visit
from assistants.meeting import require_free
from chats.background import job_paid_by
from chats.errors import Busy, CannotChat, SessionOver
from chats.models import ChatSession, Reply, Turn
from gptlab.llm import catalog

JOB = "reply"  # the relay's kind


def paid_by(visit: Visit) -> AbstractContextManager[UUID]:
    """The id of a reply to come, whose credential the relay holds already: before the commit, so that no worker is too early.

    And before the transaction, so that a slow Redis holds no lock. Taken back if nothing comes of the reply.
    """
    return job_paid_by(visit, kind=JOB)


def new_reply(
    reply_id: UUID,
    *,
    turn: Turn,
    session: ChatSession,
    visit: Visit,
    now: datetime,
    variant: int = 1,
    client_id: UUID | None = None,
) -> Reply:
    """Raises Suspended."""
    if not session.is_trial:  # its maker may go on trying what it could be
        require_free(session.assistant)
    return Reply.objects.create(
        id=reply_id,
        session=session,
        turn=turn,
        variant=variant,
        client_id=client_id,
        model=model_for(session, visit),
        sent_at=now,
        sent_count=1,
        created_at=now,
    )


def new_variant(
    reply_id: UUID, *, turn: Turn, session: ChatSession, visit: Visit, client_id: UUID | None, now: datetime
) -> Reply:
    """Another reply to the same message, chosen from now on. The earlier ones are kept to be looked through.

    A session that was left alone goes on with it, as it does when something is said.
    """
    session.status, session.last_turn_at = ChatSession.Status.STARTED, now
    session.save(update_fields=["status", "last_turn_at"])
    newest = turn.replies.aggregate(newest=Max("variant"))["newest"] or 0
    turn.replies.filter(chosen=True).update(chosen=False)
    return new_reply(reply_id, turn=turn, session=session, visit=visit, variant=newest + 1, client_id=client_id, now=now)


def model_for(session: ChatSession, visit: Visit) -> str:
    return catalog.choose(visit.provider, session.model_override or session.version.model, visit.models)


def require_chat(visit: Visit) -> None:
    if not visit.can_chat:
        raise CannotChat(_("Your provider does not take this key at the moment. Sign in again with a working one to go on."))


def busy() -> Busy:
    return Busy(_("A reply is still being written in this chat. Wait until it is done, or stop it."))


def over() -> SessionOver:
    return SessionOver(_("This chat is concluded. Reopen it to go on, or start a new one with the same assistant."))
