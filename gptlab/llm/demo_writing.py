"""How the Demo writes: a canned reply, whole or token by token, at the pace of a model."""

import asyncio
import json
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

from gptlab.llm import demo_formats, demo_replies
from gptlab.llm.demo_formats import Format

FIRST_TOKEN_SECONDS = (0.25, 0.5)
TOKENS_PER_SECOND = (50, 80)
RECORDS_MOST = 1000
_STREAM_HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\n"
    b"transfer-encoding: chunked\r\n\r\n"
)
_LAST_CHUNK = b"0\r\n\r\n"


class Demo:
    """What the connections share."""

    def __init__(self, *, pace: float, record: bool) -> None:
        self.pace = pace
        self.records: deque[dict[str, Any]] | None = deque(maxlen=RECORDS_MOST) if record else None
        self._numbers = count(1)

    def record(self, *, aside: bool) -> dict[str, Any]:
        """`aside`: a title, which comes when it comes and is nobody's reply."""
        kept = {"id": f"demo-{next(self._numbers)}", "text": "", "finished": False, "aborted": False}
        if self.records is not None and not aside:
            self.records.append(kept)
        return kept

    def pause(self, shortest: float, longest: float) -> float:
        return random.uniform(shortest, longest) / self.pace if self.pace else 0.0


@dataclass(frozen=True, slots=True, repr=False)
class Asked:
    """What a reply is to be, whatever the endpoint. `most` pieces, if there is a limit."""

    model: str
    messages: list[dict[str, Any]]
    form: Callable[[str], Format]
    streams: bool
    most: int | None


class Reply:
    """One reply being written: each token at its time, or all of them at once."""

    def __init__(self, demo: Demo, asked: Asked, write: Callable[[bytes], None], done: Callable[[], None]) -> None:
        self._demo, self._write, self._done = demo, write, done
        self._record = demo.record(aside=demo_replies.wants_title(asked.messages))
        self._form = asked.form(self._record["id"])
        pieces = demo_replies.pieces(demo_replies.reply(asked.messages))
        self._pieces = pieces[: asked.most]
        self._reason = "length" if len(self._pieces) < len(pieces) else "stop"
        self._usage = (max(1, len(json.dumps(asked.messages)) // 4), len(self._pieces))
        self._before, self._after = demo_formats.around(self._form)
        self._next = 0
        self._loop = asyncio.get_running_loop()
        self._due = self._loop.time() + demo.pause(*FIRST_TOKEN_SECONDS)
        self._timer = self._loop.call_at(self._due, self._begin if asked.streams else self._whole)

    def abort(self) -> None:
        self._timer.cancel()
        self._record["aborted"] = not self._record["finished"]

    def _begin(self) -> None:
        self._write(_STREAM_HEAD + _chunk(self._form.begin()))
        self._go_on()

    def _go_on(self) -> None:
        """Writes the tokens that are due, and comes back for the next one."""
        out = []
        while self._next < len(self._pieces) and self._due <= self._loop.time():
            piece = self._pieces[self._next]
            self._next += 1
            self._record["text"] += piece
            out.append(_chunk(self._before + json.dumps(piece, ensure_ascii=False)[1:-1].encode() + self._after))
            self._due += self._demo.pause(1 / TOKENS_PER_SECOND[1], 1 / TOKENS_PER_SECOND[0])
        if self._next < len(self._pieces):
            self._write(b"".join(out))
            self._timer = self._loop.call_at(self._due, self._go_on)
        else:
            self._write(b"".join(out) + self._end())
            self._finish()

    def _end(self) -> bytes:
        return _chunk(self._form.end(self._record["text"], reason=self._reason, usage=self._usage)) + _LAST_CHUNK

    def _whole(self) -> None:
        text = self._record["text"] = "".join(self._pieces)
        self._write(json_answer(200, self._form.whole(text, reason=self._reason, usage=self._usage)))
        self._finish()

    def _finish(self) -> None:
        self._record["finished"] = True
        self._done()


def json_answer(status: int, value: object) -> bytes:
    """A whole HTTP answer."""
    body = json.dumps(value).encode()
    head = f"HTTP/1.1 {status} \r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data) if data else b""
