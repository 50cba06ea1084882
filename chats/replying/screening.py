"""Beside the reply, not before it: what the provider's moderation says of the message. Whatever goes wrong, no chat waits."""

import asyncio
import logging

from django.db import DatabaseError

from chats.replying import storing
from chats.replying.running import Running
from gptlab.llm import moderation

logger = logging.getLogger(__name__)

_tasks: set[asyncio.Task[None]] = set()  # the loop itself holds no task: it would be collected while it waits


def begin(running: Running) -> None:
    """Goes on by itself, also when the reply is stopped or has ended."""
    if running.job.unchecked:
        task = asyncio.create_task(_screen(running))
        _tasks.add(task)
        task.add_done_callback(_tasks.discard)


async def _screen(running: Running) -> None:
    job = running.job
    verdict = await moderation.check(job.unchecked, provider_id=job.credential.provider, api_key=job.credential.api_key)
    if verdict is None or not verdict.flagged:
        return
    try:
        is_new = await storing.flag(job, verdict.categories)
    except DatabaseError as error:
        logger.warning("a message's flags could not be stored: %s", type(error).__name__)
        return
    if is_new:
        running.outlet.flagged()
