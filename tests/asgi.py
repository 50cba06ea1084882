"""Asks the ASGI application as a server would, and reads a streamed answer while it comes: test clients wait for the end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from gptlab.asgi import application

SECONDS = 20


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    _messages: asyncio.Queue = field(default_factory=asyncio.Queue)

    async def chunks(self) -> AsyncIterator[bytes]:
        more = True
        while more:
            message = await self._messages.get()
            more = message.get("more_body", False)
            if body := message.get("body"):
                yield body

    async def whole(self) -> str:
        async with asyncio.timeout(SECONDS):
            return b"".join([chunk async for chunk in self.chunks()]).decode()


@asynccontextmanager
async def asked(path, *, method="GET", headers=None, cookies=None):
    """The answer once its head is there. On leaving the client hangs up, and the application must end."""
    sent: asyncio.Queue = asyncio.Queue()
    sent.put_nowait({"type": "http.request", "body": b"", "more_body": False})
    received: asyncio.Queue = asyncio.Queue()
    serving = asyncio.create_task(application(_scope(path, method, headers or {}, cookies or {}), sent.get, received.put))
    try:
        async with asyncio.timeout(SECONDS):
            start = await received.get()
        head = {name.decode().lower(): value.decode() for name, value in start["headers"]}
        yield Answer(start["status"], head, received)
    finally:
        sent.put_nowait({"type": "http.disconnect"})
        async with asyncio.timeout(SECONDS):
            await serving


def _scope(path, method, headers, cookies):
    target, _, query = path.partition("?")
    given = {"host": "testserver", **headers}
    if cookies:
        given["cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "path": target,
        "raw_path": target.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "scheme": "http",
        "headers": [(name.lower().encode(), _raw(value)) for name, value in given.items()],
        "client": ("127.0.0.1", 5),
        "server": ("testserver", 80),
    }


def _raw(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("latin-1")
