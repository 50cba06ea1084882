"""The database's part of a running reply: fenced checkpoints about once a second, and the end.

One thread does it all, so that the replies of a process never wait for each other's locks.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from django.db import DatabaseError, close_old_connections, transaction
from django.db.models.functions import Coalesce, Now

from assistants.models import AssistantDay
from chats import memory
from chats.models import Reply, Turn
from chats.replying.claiming import LEASE, Job
from chats.replying.running import Running

logger = logging.getLogger(__name__)

RETRY_AFTER_MOST = 7 * 24 * 3600.0  # seconds: an upstream may say anything

State = Reply.State
T = TypeVar("T")

_thread = ThreadPoolExecutor(1, thread_name_prefix="storing")


@dataclass(frozen=True, slots=True)
class Seen:
    passed: list[Running]  # their lease is lost: another claim or the reaper has them
    stopped: list[Running]  # their visitor has asked to stop


async def checkpoint(running: Sequence[Running]) -> Seen:
    """Store the text so far, renew the leases, read back who is stopped. The database away: nothing, until the next time."""
    try:
        return await _in_thread(lambda: _checkpoint(running))
    except DatabaseError as error:
        logger.warning("checkpoint failed: %s", type(error).__name__)
        return Seen([], [])


async def finish(running: Running, *, state: str, error_code: str) -> bool:
    """Store the end. False when the lease was lost and somebody else has ended it. Tries again while the database is away."""
    delay = 0.2
    while True:
        try:
            return await _in_thread(lambda: _finish(running, state=state, error_code=error_code))
        except DatabaseError as error:
            if delay > 60:
                logger.error("a reply's end could not be stored: %s; the reaper will find it", type(error).__name__)
                return False
            await asyncio.sleep(delay)
            delay *= 2


async def flag(job: Job, categories: Sequence[str]) -> bool:
    """Store what was found in the message, and count it without its text. False if that was done before."""
    return await _in_thread(lambda: _flag(job, categories))


async def _in_thread(call: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(_thread, _with_connection, call)


def _with_connection(call: Callable[[], T]) -> T:
    close_old_connections()
    try:
        return call()
    finally:
        close_old_connections()


def _checkpoint(running: Sequence[Running]) -> Seen:
    passed = []
    changes = [(one, len(one.pieces), _changes(one)) for one in running]  # sealed before the first lock is taken
    with transaction.atomic():
        for one, pieces, values in changes:
            if not _mine(one).update(**values):
                passed.append(one)
            one.stored_pieces = pieces
        ids = [one.job.reply_id for one in running]
        asked = set(Reply.objects.filter(pk__in=ids, stop_requested_at__isnull=False).values_list("pk", flat=True))
    return Seen(passed=passed, stopped=[one for one in running if one.job.reply_id in asked])


def _changes(running: Running) -> dict[str, Any]:
    values: dict[str, Any] = {"lease_until": Now() + LEASE}
    if running.has_begun:
        values["first_byte_at"] = Coalesce("first_byte_at", Now())
    if len(running.pieces) > running.stored_pieces:
        values["sealed_text"] = _sealed(running)
    return values


def _finish(running: Running, *, state: str, error_code: str) -> bool:
    values: dict[str, Any] = {"state": state, "error_code": error_code, "ended_at": Now(), "lease_until": None}
    values["guard"] = running.verdict
    values["endpoint"] = running.job.load.info.endpoint
    if running.retry_after is not None:
        values["retry_at"] = Now() + timedelta(seconds=min(running.retry_after, RETRY_AFTER_MOST))
    if running.has_begun:
        values["first_byte_at"] = Coalesce("first_byte_at", Now())
    if running.pieces:
        values["sealed_text"] = _sealed(running)
    if running.usage is not None:
        values |= {
            "tokens_in": running.usage.tokens_in,
            "tokens_out": running.usage.tokens_out,
            "tokens_estimated": running.usage.estimated,
        }
    with transaction.atomic():
        if not _mine(running).update(**values):
            return False
        if running.memory is not None:
            memory.store(running.job.session_id, running.memory)
        _count(running.job, replies=1, guard_blocks=int(bool(running.verdict)))
    return True


def _flag(job: Job, categories: Sequence[str]) -> bool:
    sealed = job.vault.seal_flags("\n".join(categories), session_id=job.session_id, turn=job.turn)
    with transaction.atomic():
        turn = Turn.objects.filter(session_id=job.session_id, number=job.turn, sealed_flags="")
        if not turn.update(sealed_flags=sealed):
            return False
        _count(job, flagged=1)
    return True


def _count(job: Job, **numbers: int) -> None:
    if job.assistant_id is not None:
        AssistantDay.count(assistant_id=job.assistant_id, day=datetime.now(UTC).date(), **numbers)


def _mine(running: Running) -> Any:
    return Reply.objects.filter(pk=running.job.reply_id, fence=running.job.fence, state=State.RUNNING)


def _sealed(running: Running) -> str:
    job = running.job
    return job.vault.seal_reply(running.text, session_id=job.session_id, turn=job.turn, variant=job.variant)
