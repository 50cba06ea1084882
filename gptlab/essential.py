"""Loops that a process can't do without. One that ends takes the process with it.

A supervisor then starts it again, and leases find what hung on it. Going on without would leave every reply waiting for ever.
"""

import asyncio
import logging
import os
from collections.abc import Coroutine
from typing import Any

logger = logging.getLogger(__name__)


def run_for_ever(coroutine: Coroutine[Any, Any, None], *, name: str) -> asyncio.Task[None]:
    """A task on the running loop. Keep the reference."""
    task = asyncio.create_task(coroutine, name=name)
    task.add_done_callback(_ended)
    return task


def _ended(task: asyncio.Task[None]) -> None:
    if task.cancelled():  # the loop itself ends
        return
    error = task.exception()
    logger.critical("%s has ended (%s); this process ends too", task.get_name(), type(error).__name__)
    logging.shutdown()
    os._exit(70)
