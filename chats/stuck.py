"""Replies that no worker will end any more, ended from outside: also where no worker, no beat and no Redis runs.

`recovery` finds lost work within seconds, and lets it go on. This is for when recovery itself has stood still for too long.
"""

from datetime import datetime, timedelta

from django.db.models import F, Q
from django.db.models.functions import Now

from chats.models import Reply
from chats.models.talk import ReplyQuerySet
from chats.recovery import close, outcome
from gptlab.command_line import Tell, tell_nobody

State = Reply.State

LEAST = timedelta(minutes=20)  # longer than a reply may take, and than the relay keeps what pays for one


def end_stuck(*, older_than: timedelta, now: datetime, dry_run: bool = False, tell: Tell = tell_nobody) -> int:
    """How many got an end. What had arrived of them is kept. A running one whose worker still lives is let be."""
    stuck = _stuck(now - older_than)
    if dry_run:
        return stuck.count()
    ended = 0
    for reply in list(stuck):
        ended += _end(reply, stuck)
        tell(ended)
    return ended


def _stuck(before: datetime) -> ReplyQuerySet:
    is_dead = Q(lease_until__lt=Now()) | Q(lease_until=None)
    return Reply.objects.filter(Q(state=State.PENDING) | Q(state=State.RUNNING) & is_dead, created_at__lt=before)


def _end(reply: Reply, stuck: ReplyQuerySet) -> bool:
    """Unless somebody has come back to it meanwhile."""
    state, code = outcome(reply, has_begun=reply.first_byte_at is not None or bool(reply.sealed_text), otherwise="lost")
    mine = stuck.filter(pk=reply.pk, state=reply.state, fence=reply.fence)
    if not mine.update(state=state, error_code=code, ended_at=Now(), lease_until=None, fence=F("fence") + 1):
        return False
    close(reply)
    return True
