"""The one asyncio loop of a worker process. Tasks run in threads and only wait; all I/O of all replies happens here."""

import asyncio
import concurrent.futures
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

import uvloop

T = TypeVar("T")

_lock = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None


def loop() -> asyncio.AbstractEventLoop:
    """The loop, started in a thread of its own by the first call."""
    global _loop
    with _lock:
        if _loop is None:
            _loop = uvloop.new_event_loop()
            threading.Thread(target=_run, args=(_loop,), name="worker-loop", daemon=True).start()
        return _loop


def _run(running: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(running)
    running.run_forever()


def submit(coroutine: Coroutine[Any, Any, T]) -> concurrent.futures.Future[T]:
    """Run it on the loop, from any thread. `.result()` waits for it."""
    return asyncio.run_coroutine_threadsafe(coroutine, loop())
