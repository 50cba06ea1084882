"""When a session is condensed, and by whom: one job at a time, never each turn, later and later while it fails."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db.models import F
from django.db.models.functions import Greatest

from accounts import relay
from chats import background
from chats.models import Memory
from gptlab.errors import Unavailable

JOB = "digest"  # the relay's kind
PAUSE = 2  # turns until the next attempt, whatever became of this one
PAUSE_AFTER_SUCCESS = 4
PAUSE_AFTER_UNDOING = 12
LONGEST_PAUSE = 64
PATIENCE = timedelta(minutes=4)  # then nobody waits for it any more


def ask_to_condense(*, session_id: UUID, turn: int, credential: relay.Credential, now: datetime) -> UUID | None:
    """The id of a job for a worker, if the next request would take so much that it is time, and no pause is on; else None."""
    is_due = Memory.objects.filter(session_id=session_id, tokens__gt=F("begins"), quiet_until__lte=turn)
    if not is_due.exists():
        return None
    try:
        with background.job_trusted_with(credential, kind=JOB) as job_id:
            if is_due.update(digest_job=job_id, digest_asked_at=now, quiet_until=turn + PAUSE):
                return job_id
            background.forget(kind=JOB, job_id=job_id)  # somebody else has asked at the same time
    except Unavailable:
        pass  # the next reply asks again
    return None


def is_under_way(memory: Memory, *, now: datetime) -> bool:
    """Asked for, and not ended yet as far as anybody knows."""
    return memory.digest_job is not None and memory.digest_asked_at is not None and now - memory.digest_asked_at < PATIENCE


def claim(*, session_id: UUID, job_id: UUID) -> UUID | None:
    """The job under an id of this worker alone. None if it is taken: a broker may deliver a task twice, and the visitor pays."""
    claim_id = uuid4()
    is_mine = Memory.objects.filter(session_id=session_id, digest_job=job_id).update(digest_job=claim_id)
    return claim_id if is_mine else None


def end(*, session_id: UUID, claim_id: UUID) -> None:
    Memory.objects.filter(session_id=session_id, digest_job=claim_id).update(digest_job=None)


def put_off(*, session_id: UUID, turn: int) -> None:
    """After a failure: twice as long each time. A longer pause that somebody has set meanwhile stays."""
    memory = Memory.objects.filter(session_id=session_id).first()
    if memory is None:  # the chat was deleted meanwhile
        return
    failures = memory.failures + 1
    pause = min(PAUSE * 2**failures, LONGEST_PAUSE)
    Memory.objects.filter(session_id=session_id).update(failures=failures, quiet_until=Greatest(F("quiet_until"), turn + pause))
