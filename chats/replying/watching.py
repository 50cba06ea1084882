"""The leak guard over one running reply: quick on the loop, slow in threads. Where it fails, nothing more is shown."""

import asyncio
import logging

from chats import guarding
from chats.replying.running import Running

logger = logging.getLogger(__name__)


async def open(running: Running) -> None:
    if running.job.secret is not None:
        running.guard = await asyncio.to_thread(running.job.secret.guard)


def admitted(running: Running, text: str) -> str:
    """What may be shown of it, and of what was held back."""
    guard = running.guard
    if guard is None:
        return text
    shown = guard.feed(text)
    if guard.has_marked and (running.examining is None or running.examining.done()):
        running.examining = asyncio.create_task(_examine(running))
    return shown


async def _examine(running: Running) -> None:
    if running.guard is not None:
        await asyncio.to_thread(running.guard.examine)
        if running.guard.blocked:
            running.end("guard")


async def close(running: Running) -> None:
    """Show what was held back, or take all of it back. Never raises."""
    guard = running.guard
    if guard is None or running.ended_by == "passed":
        return
    if running.examining is not None:
        await asyncio.wait([running.examining])
    [rest] = await asyncio.gather(asyncio.to_thread(guard.end), return_exceptions=True)
    if isinstance(rest, BaseException):
        logger.error("reply %s: the leak guard failed: %s", running.job.reply_id, type(rest).__name__)
    elif not guard.blocked:
        running.show(rest)
    if guard.blocked:
        logger.info("reply %s: stopped by the leak guard (%s)", running.job.reply_id, guard.reason)
        running.take_back(guard.reason, guarding.answer())
