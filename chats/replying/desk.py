"""The replies that this process is writing, all on the one loop: stream each, hear stops, checkpoint, finish."""

import asyncio
import logging
from contextlib import aclosing
from uuid import UUID

from chats import live, memory
from chats.models import Reply
from chats.replying import screening, storing, watching
from chats.replying.claiming import Job
from chats.replying.running import Running
from gptlab import redis_client, worker_loop
from gptlab.essential import run_for_ever
from gptlab.llm import client, tokens
from gptlab.llm.errors import UpstreamError
from gptlab.llm.messages import Delta, Finish, FinishReason, Usage

logger = logging.getLogger(__name__)

State = Reply.State

CHECKPOINT_SECONDS = 1.0


class Desk:
    """What the replies of one process share: the writer, the stop channel, the checkpoint."""

    def __init__(self) -> None:
        redis = redis_client.asynchronous()
        self.writer = live.Writer(redis)
        self.running: dict[UUID, Running] = {}
        self._tasks = [
            run_for_ever(live.listen_for_stops(redis, self._stop), name="the stop channel"),
            run_for_ever(self._checkpoint_for_ever(), name="the checkpoint"),
        ]

    def _stop(self, reply_id: UUID) -> None:
        if (found := self.running.get(reply_id)) is not None:
            found.end("stop")

    async def _checkpoint_for_ever(self) -> None:
        while True:
            await asyncio.sleep(CHECKPOINT_SECONDS)
            if not self.running:
                continue
            seen = await storing.checkpoint(list(self.running.values()))
            for running in seen.passed:
                running.end("passed")
            for running in seen.stopped:
                running.end("stop")


_desk: Desk | None = None


def desk() -> Desk:
    """The process's own; made on the loop by the first call there."""
    global _desk
    if _desk is None:
        _desk = Desk()
    return _desk


async def warm() -> None:
    desk()
    await client.warm()


async def write(job: Job) -> bool:
    """From the first wire event to the stored end. Never raises what the upstream does: that is an end like others.

    False when the end is somebody else's to write: another claim has passed this one, or the database stayed away.
    """
    place = desk()
    if (stalled := place.running.get(job.reply_id)) is not None:
        stalled.end("passed")  # its lease ran out while it stood still, and this claim is the newer one
    outlet = place.writer.open(reply_id=job.reply_id, fence=job.fence, data_key=job.credential.data_key)
    running = place.running[job.reply_id] = Running(job=job, outlet=outlet)
    try:
        screening.begin(running)
        running.stream = asyncio.create_task(_consume(running))
        await asyncio.wait([running.stream])
        await _estimate_usage(running)
        await watching.close(running)
        state, error_code = _outcome(running)
        if running.pieces and running.ended_by != "passed":
            running.memory = await asyncio.to_thread(memory.with_reply, job.load, running.text, turn=job.turn)
        if running.ended_by == "passed" or not await storing.finish(running, state=state, error_code=error_code):
            return False
        await outlet.close()
        return True
    finally:
        if place.running.get(job.reply_id) is running:
            del place.running[job.reply_id]
        place.writer.forget(outlet)


async def _consume(running: Running) -> None:
    job, outlet = running.job, running.outlet

    def begun() -> None:
        running.has_begun = True
        outlet.status(live.BEGUN)

    watching.begin(running)
    async with aclosing(client.stream(job.request, api_key=job.credential.api_key, begun=begun)) as events:
        async for event in events:
            if isinstance(event, Delta):
                if running.opening is not None:
                    await watching.opened(running)
                if not running.pieces:
                    outlet.status("writing")
                running.show(watching.admitted(running, event.text))
                if outlet.is_passed:
                    running.end("passed")
                if running.guard is not None and running.guard.blocked:
                    return  # and hang up
            elif isinstance(event, Usage):
                running.usage = event
            elif isinstance(event, Finish):
                running.finish = event.reason


async def _estimate_usage(running: Running) -> None:
    """Of a reply that the upstream began and did not account for: stopped, cut, or by a server that never tells."""
    if running.has_begun and running.usage is None and running.ended_by not in ("passed", "shutdown"):
        running.usage = await asyncio.to_thread(tokens.estimate, running.job.request, running.text)


def _outcome(running: Running) -> tuple[str, str]:
    """The final state, and the code of what went wrong, if something did."""
    assert running.stream is not None
    if running.verdict:
        return State.DONE, ""
    if running.stream.cancelled():
        return (State.STOPPED, "") if running.ended_by == "stop" else (State.INTERRUPTED, "broken_off")
    error = running.stream.exception()
    if error is None:
        if not running.pieces and running.finish != FinishReason.CONTENT_FILTER:
            return State.FAILED, "empty"
        return State.DONE, running.finish if running.finish in (FinishReason.LENGTH, FinishReason.CONTENT_FILTER) else ""
    if not isinstance(error, UpstreamError):
        logger.error("reply %s failed: %s", running.job.reply_id, type(error).__name__, exc_info=_without_values(error))
        return (State.INTERRUPTED if running.pieces else State.FAILED), "internal"
    logger.info("reply %s: upstream %s", running.job.reply_id, error.code)
    running.retry_after = error.retry_after
    return (State.INTERRUPTED if running.pieces else State.FAILED), error.code


class Hidden(Exception):
    """Stands for an error whose words may not be logged."""


def _without_values(error: BaseException) -> BaseException:
    """The traceback without its message: that might quote what was said."""
    return Hidden(type(error).__name__).with_traceback(error.__traceback__)


async def _end_all(grace: float) -> None:
    await asyncio.sleep(grace)
    for running in list(desk().running.values()):
        running.end("shutdown")


def end_all(*, grace: float) -> None:
    """The process is asked to go: after `grace` seconds, what still runs ends as interrupted, with its text kept."""
    if _desk is not None:
        worker_loop.submit(_end_all(grace))
