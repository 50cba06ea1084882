"""What a load is made of: one chat round after another, by whoever can ask for a reply. `direct` is the floor: no product."""

import time
from typing import Protocol

import orjson

from benchmarks.http_client import Connection, post_json
from benchmarks.tokens import Receipt


class Talker(Protocol):
    """Someone who asks for replies."""

    async def ask(self, text: str, receipt: Receipt) -> None:
        """Ask for one reply and receive all of it. Raises Lost or Broken."""

    def leave(self) -> None: ...


class Lost(Exception):
    """The server answered something else than the reply."""


def now_us() -> int:
    return time.monotonic_ns() // 1000


class Direct:
    """Asks the upstream itself: what the client, the upstream and the machine add by themselves."""

    def __init__(self, *, port: int, source: str) -> None:
        self._port, self._source = port, source
        self._connection: Connection | None = None

    async def ask(self, text: str, receipt: Receipt) -> None:
        body = {"model": "gpt-4o-mini", "stream": True, "messages": [{"role": "user", "content": text}]}
        request = post_json("/v1/chat/completions", port=self._port, headers={}, body=orjson.dumps(body))
        receipt.asked_at = now_us()
        self._connection = await Connection.open(self._port, source=self._source)
        answer = await self._connection.send(request, on_body=lambda data: receipt.feed(data, now=now_us()))
        self._connection.close()
        if answer.status != 200:
            raise Lost(f"upstream answered {answer.status}")

    def leave(self) -> None:
        if self._connection is not None:
            self._connection.close()
