"""The leak guard over one running reply: quick on the loop, slow in threads. Where it fails, nothing more is shown.

The threads are the guard's own. Comparing stands in line, for the encoder takes one at a time: beginning a reply must not stand
behind it, nor what else the loop has others do.
"""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor

from chats import guarding
from chats.leak_guard import StreamGuard
from chats.replying.running import Running

logger = logging.getLogger(__name__)


_opening = ThreadPoolExecutor(2, "the guard opens")
_comparing = ThreadPoolExecutor(2, "the guard compares")


def begin(running: Running) -> None:
    """It reads the prompt and what was said before while the upstream makes up its mind."""
    if running.job.secret is not None:
        running.opening = asyncio.get_running_loop().run_in_executor(_opening, running.job.secret.guard)
        running.opening.add_done_callback(_heard)


async def opened(running: Running) -> None:
    """Before anything is shown."""
    if running.opening is not None:
        running.guard, running.opening = await running.opening, None


def _heard(opening: asyncio.Future[StreamGuard]) -> None:
    """Who waits for it gets the error; where the upstream said nothing, nobody does, and it is no loss."""
    if not opening.cancelled():
        opening.exception()


def admitted(running: Running, text: str) -> str:
    """What may be shown of it, and of what was held back."""
    guard = running.guard
    if guard is None:
        assert running.job.secret is None
        return text
    shown = guard.feed(text)
    if guard.has_marked and (running.examining is None or running.examining.done()):
        running.examining = asyncio.create_task(_examine(running))
    return shown


async def _examine(running: Running) -> None:
    if running.guard is not None:
        await asyncio.get_running_loop().run_in_executor(_comparing, running.guard.examine)
        if running.guard.blocked:
            running.end("guard")


async def close(running: Running) -> None:
    """Show what was held back, or take all of it back. Never raises."""
    guard = running.guard
    if guard is None or running.ended_by == "passed":
        return
    if running.examining is not None:
        await asyncio.wait([running.examining])
    ending = asyncio.get_running_loop().run_in_executor(_comparing, guard.end)
    [rest] = await asyncio.gather(ending, return_exceptions=True)
    if isinstance(rest, BaseException):
        logger.error("reply %s: the leak guard failed: %s", running.job.reply_id, type(rest).__name__)
    elif not guard.blocked:
        running.show(rest)
    if guard.blocked:
        logger.info("reply %s: stopped by the leak guard (%s)", running.job.reply_id, guard.reason)
        running.take_back(guard.reason, guarding.answer())
