"""A small HTTP/1.1 client on asyncio: so cheap that a hundred streams in one process measure the server and not themselves."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import urlencode

import httptools

IDLE_MOST = 2.0  # seconds; servers close idle connections after five, and a request must not meet that


class Broken(Exception):
    """The connection ended before the answer did."""


@dataclass
class Answer:
    status: int = 0
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytearray = field(default_factory=bytearray)

    @property
    def text(self) -> str:
        return self.body.decode()

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name), "")


class Connection(asyncio.Protocol):
    """One request at a time. httptools calls the `on_…` methods."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._answer = Answer()
        self._whole: asyncio.Future[Answer] | None = None
        self._on_body: Callable[[bytes], None] | None = None
        self._parser = httptools.HttpResponseParser(self)
        self.closed = False
        self.used_at = asyncio.get_running_loop().time()

    @classmethod
    async def open(cls, port: int, *, source: str = "") -> "Connection":
        """`source`: which of the machine's loopback addresses to come from. Each visitor has one, as on a real network."""
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(cls, "127.0.0.1", port, local_addr=(source, 0) if source else None)
        return connection

    async def send(self, request: bytes, *, on_body: Callable[[bytes], None] | None = None) -> Answer:
        """`on_body` hears of each piece as it arrives; without it the answer keeps the body. Raises Broken."""
        assert self._transport is not None
        self._answer, self._on_body = Answer(), on_body
        self._whole = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        try:
            return await self._whole
        finally:
            self._whole, self.used_at = None, asyncio.get_running_loop().time()

    @property
    def reusable(self) -> bool:
        return not self.closed and asyncio.get_running_loop().time() - self.used_at < IDLE_MOST

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one by its methods only

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._fail(Broken(f"not HTTP: {error}"))

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        self._fail(Broken("the connection was closed"))

    def _fail(self, error: Exception) -> None:
        if self._whole is not None and not self._whole.done():
            self._whole.set_exception(error)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._answer.headers.append((name.decode("latin1").lower(), value.decode("latin1")))

    def on_headers_complete(self) -> None:
        self._answer.status = self._parser.get_status_code()

    def on_body(self, body: bytes) -> None:
        if self._on_body is not None and self._answer.status == 200:
            self._on_body(body)
        else:
            self._answer.body += body

    def on_message_complete(self) -> None:
        self.closed = self.closed or not self._parser.should_keep_alive()
        if self._whole is not None and not self._whole.done():
            self._whole.set_result(self._answer)


def get(path: str, *, port: int, headers: dict[str, str]) -> bytes:
    return _head("GET", path, port, headers) + b"\r\n"


def post(path: str, *, port: int, headers: dict[str, str], form: dict[str, str]) -> bytes:
    body = urlencode(form).encode()
    sized = headers | {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body))}
    return _head("POST", path, port, sized) + b"\r\n" + body


def post_json(path: str, *, port: int, headers: dict[str, str], body: bytes) -> bytes:
    sized = headers | {"Content-Type": "application/json", "Content-Length": str(len(body))}
    return _head("POST", path, port, sized) + b"\r\n" + body


def _head(method: str, path: str, port: int, headers: dict[str, str]) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", *(f"{name}: {value}" for name, value in headers.items())]
    return "".join(f"{line}\r\n" for line in lines).encode()
