"""End a live reply."""

from contextlib import suppress
from datetime import datetime
from uuid import UUID

from accounts import relay
from accounts.models import User
from chats import live
from chats.conversation.lookup import owned_reply
from chats.conversation.pending import JOB
from chats.models import Reply
from gptlab.errors import Unavailable

State = Reply.State


def stop(*, user: User, session_id: UUID, reply_id: UUID, now: datetime) -> Reply:
    """End a live reply; its text so far stays. Stopping one that has ended changes nothing."""
    reply = owned_reply(user=user, session_id=session_id, reply_id=reply_id)
    ended = Reply.objects.filter(pk=reply.pk, state=State.PENDING).update(
        state=State.STOPPED, stop_requested_at=now, ended_at=now
    )
    if ended:
        live.close_now(reply.pk, fence=reply.fence + 1)
        with suppress(Unavailable):  # it runs out by itself
            relay.erase(kind=JOB, job_id=reply.pk)
    elif Reply.objects.filter(pk=reply.pk, state=State.RUNNING, stop_requested_at=None).update(stop_requested_at=now):
        live.publish_stop(reply.pk)
    return reply
