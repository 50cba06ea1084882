"""Bring a session to its end, and open it again."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.visit import Visit
from chats import background, recapping
from chats.conversation.lookup import locked, owned_session
from chats.conversation.pending import busy, require_chat
from chats.errors import TooShort
from chats.models import ChatSession
from gptlab import rate_limits
from gptlab.llm import catalog

Status = ChatSession.Status

FEW = 5  # messages: more than these are worth a recap


@dataclass(frozen=True, slots=True)
class Concluded:
    """`job_id` names the job that is to write the recap; None where there is one already, or one is being written."""

    session: ChatSession
    job_id: UUID | None


def can_conclude(session: ChatSession) -> bool:
    return session.is_open and session.has_more_messages_than(FEW)


def conclude(*, user: User, visit: Visit, session_id: UUID, now: datetime) -> Concluded:
    """The session is completed, and its recap asked for; once more where that one failed.

    Raises Missing, TooShort, Busy, CannotChat, Limited, Unavailable.
    """
    session = owned_session(user=user, session_id=session_id)
    if _has_recap(session, now=now):
        return Concluded(session, None)
    if not session.has_more_messages_than(FEW):
        raise TooShort(_("A recap is worth it after more than %(few)d messages. Go on a little.") % {"few": FEW})
    require_chat(visit)
    rate_limits.hit("say", key=str(user.pk), limit=settings.MESSAGE_LIMIT)
    with background.job_paid_by(visit, kind=recapping.JOB) as job_id, transaction.atomic():
        session = locked(session_id)
        if session.replies.live().exists():
            raise busy()
        if _has_recap(session, now=now):  # concluded in another tab meanwhile: that one's job writes
            background.forget(kind=recapping.JOB, job_id=job_id)
            return Concluded(session, None)
        session.status, session.recap_state, session.recap_asked_at = Status.COMPLETED, ChatSession.Recap.PENDING, now
        session.recap_model = catalog.choose(visit.provider, session.model_used_last(), visit.models)
        session.save(update_fields=["status", "recap_state", "recap_asked_at", "recap_model"])
        return Concluded(session, job_id)


def resume(*, user: User, session_id: UUID) -> ChatSession:
    """A concluded session is open again. Its next recap takes the place of this one."""
    session = owned_session(user=user, session_id=session_id)
    if session.status == Status.COMPLETED:
        ChatSession.objects.filter(pk=session.pk, status=Status.COMPLETED).update(status=Status.STARTED)
        session.status = Status.STARTED
    return session


def _has_recap(session: ChatSession, *, now: datetime) -> bool:
    if session.status != Status.COMPLETED:
        return False
    return session.recap_state == ChatSession.Recap.DONE or recapping.is_awaited(session, now=now)
