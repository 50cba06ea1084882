"""Delete one chat, or all of them: rows, credentials on their way to workers, and what still is being written."""

from contextlib import suppress
from datetime import datetime
from uuid import UUID

from accounts import relay
from accounts.models import User
from chats import live
from chats.conversation.lookup import owned_session
from chats.conversation.pending import JOB
from chats.conversation.stopping import stop
from chats.models import ChatSession, Reply
from gptlab.errors import Unavailable

_BATCH = 50  # sessions: each transaction holds the lock of the database for a moment only


def delete(*, user: User, session_id: UUID, now: datetime) -> None:
    session = owned_session(user=user, session_id=session_id)
    _stop_live(user, [session.pk], now=now)
    ChatSession.objects.filter(pk=session.pk).delete()


def delete_all(*, user: User, now: datetime) -> int:
    """How many there were in the list. What was tried and compared in the Lab goes, too."""
    owned = ChatSession.objects.owned_by(user)
    count = owned.listed().count()
    while ids := list(owned.values_list("pk", flat=True)[:_BATCH]):
        _stop_live(user, ids, now=now)
        ChatSession.objects.filter(pk__in=ids).delete()
    return count


def _stop_live(user: User, ids: list[UUID], *, now: datetime) -> None:
    """A worker that still writes finds no row to write to; this closes its line to the provider, and tells open pages."""
    for reply in Reply.objects.live().filter(session_id__in=ids):
        stop(user=user, session_id=reply.session_id, reply_id=reply.pk, now=now)
        live.close_now(reply.pk, fence=reply.fence + 1)
        with suppress(Unavailable):
            relay.erase(kind=JOB, job_id=reply.pk)
