"""An OpenAI-compatible server that does nothing but send numbered tokens on time: `python -m benchmarks.upstream --port N`.

It knows GET /v1/models, POST /v1/chat/completions (streamed) and GET /report: its own figures since the last report, with
the SHA-256 of every text that it sent under an id. A prompt may say what it wants: "[[ttft=50 rate=50 len=200 id=7]]" (ms,
tokens a second, tokens); the last such word in the request counts.
"""

import argparse
import asyncio
import hashlib
import re
import time
from collections import Counter
from typing import Any, cast

import httptools
import orjson
import uvloop

from benchmarks import figures, tokens

MODELS = ("gpt-4o-mini", "gpt-4o", "gpt-4.1-mini")
BACKLOG = 4096
OPENING = {"ttft": 50.0, "rate": 50.0, "len": 5.0}  # when the prompt says nothing: the assistant's first words
TITLE = b"You give conversations their titles"
_WISH = re.compile(rb"\[\[([a-z0-9=. ]+)\]\]")
_HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nCache-Control: no-cache\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n"
)


class Book:
    """What this server has done since the last report."""

    def __init__(self) -> None:
        self.live = self.most_live = 0
        self.counts: Counter[str] = Counter()
        self.late: list[float] = []  # ms between when a token was due and when it was written
        self.sent: dict[str, str] = {}
        self._cpu = time.process_time()

    def begin(self) -> None:
        self.counts["started"] += 1
        self.live += 1
        self.most_live = max(self.most_live, self.live)

    def end(self, how: str) -> None:
        self.counts[how] += 1
        self.live -= 1

    def report(self) -> dict[str, Any]:
        counts, late, sent, most_live = self.counts, self.late, self.sent, self.most_live
        self.counts, self.late, self.sent, self.most_live = Counter(), [], {}, self.live
        before, self._cpu = self._cpu, time.process_time()
        done = {**counts, "most_live": most_live, "late_ms": figures.spread(late), "cpu_seconds": self._cpu - before}
        return {**done, "sent": sent}


class Completion:
    """One streamed reply."""

    def __init__(self, server: "Server", body: bytes) -> None:
        request = orjson.loads(body)
        wish = wishes(body)
        self._server, self._book, self._loop = server, server.book, server.loop
        self._id, self._count, self._rate = str(wish.get("id", "")), int(float(wish["len"])), float(wish["rate"])
        self._wants_usage = bool((request.get("stream_options") or {}).get("include_usage"))
        self._tokens_in = len(body) // 4
        self._frame = {"id": "chatcmpl-bench", "object": "chat.completion.chunk", "created": 0, "model": request["model"]}
        before, after = self._event({"content": "\0"}).split(rb"\u0000")
        self._before, self._after = before, after
        self._index, self._text = 0, hashlib.sha256()
        self._start = self._loop.time() + float(wish["ttft"]) / 1000
        self._handle: asyncio.TimerHandle | None = self._loop.call_at(self._start, self._first)
        self._book.begin()

    def _event(self, delta: dict[str, Any], finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return b"data: " + orjson.dumps({**self._frame, "choices": [choice]}) + b"\n\n"

    def _first(self) -> None:
        """A real provider's headers come with its first token too."""
        opening = self._event({"role": "assistant", "content": "", "refusal": None})
        self._server.write(_HEAD + _chunk(opening))
        self._next()

    def _next(self) -> None:
        index, count = self._index, self._count
        if index % 16 == 0:
            self._book.late.append((self._loop.time() - self._start - index / self._rate) * 1000)
        text = tokens.token(index, count=count, sent_us=time.monotonic_ns() // 1000).encode()
        self._text.update(text)
        self._server.write(_chunk(self._before + text.replace(b"\n", rb"\n") + self._after))
        self._book.counts["tokens"] += 1
        self._index = index = index + 1
        if index < count:
            self._handle = self._loop.call_at(self._start + index / self._rate, self._next)
        else:
            self._end()

    def _end(self) -> None:
        events = [self._event({}, "stop")]
        if self._wants_usage:
            used = {"prompt_tokens": self._tokens_in, "completion_tokens": self._count}
            usage = {**used, "total_tokens": sum(used.values())}
            events.append(b"data: " + orjson.dumps({**self._frame, "choices": [], "usage": usage}) + b"\n\n")
        self._server.write(b"".join(_chunk(event) for event in [*events, b"data: [DONE]\n\n"]) + b"0\r\n\r\n")
        self._handle = None
        self._book.end("finished")
        if self._id:
            self._book.sent[self._id] = self._text.hexdigest()

    def abort(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
            self._book.end("aborted")


class Server(asyncio.Protocol):
    """One connection. httptools calls the `on_…` methods."""

    def __init__(self, book: Book) -> None:
        self.book, self.loop = book, asyncio.get_running_loop()
        self._parser = httptools.HttpRequestParser(self)
        self._completion: Completion | None = None
        self._url, self._body = b"", bytearray()
        self._transport: asyncio.Transport | None = None

    def write(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one by its methods only

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._completion is not None:
            self._completion.abort()

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            if self._transport is not None:
                self._transport.close()

    def on_message_begin(self) -> None:
        self._url, self._body = b"", bytearray()

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        if self._url == b"/v1/chat/completions":
            self._completion = Completion(self, bytes(self._body))
        elif self._url == b"/v1/models":
            models = [{"id": name, "object": "model", "created": 0, "owned_by": "bench"} for name in MODELS]
            self._json({"object": "list", "data": models})
        elif self._url == b"/report":
            self._json(self.book.report())
        else:
            self._json({"error": {"message": "no such address", "type": "invalid_request_error", "code": None}}, status=404)

    def _json(self, value: Any, *, status: int = 200) -> None:
        body = orjson.dumps(value)
        self.write(b"HTTP/1.1 %d -\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body))


def wishes(body: bytes) -> dict[str, Any]:
    """A title is asked for with the visitor's words, wish included, which was the reply's: it gets a few words of its own."""
    found = [] if TITLE in body else _WISH.findall(body)
    asked = dict(word.split("=", 1) for word in found[-1].decode().split() if "=" in word) if found else {}
    return {**OPENING, **asked}


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


async def serve(port: int) -> None:
    book = Book()
    server = await asyncio.get_running_loop().create_server(lambda: Server(book), "127.0.0.1", port, backlog=BACKLOG)
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=9000)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(parser.parse_args().port))
