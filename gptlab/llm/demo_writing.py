"""How the Demo writes: a canned reply in OpenAI's form, whole or token by token, at the pace of a model."""

import asyncio
import json
import random
import time
from collections import deque
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

from gptlab.llm import demo_replies

FIRST_TOKEN_SECONDS = (0.25, 0.5)
TOKENS_PER_SECOND = (50, 80)
RECORDS_MOST = 1000
_STREAM_HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\n"
    b"transfer-encoding: chunked\r\n\r\n"
)


class Demo:
    """What the connections share."""

    def __init__(self, *, pace: float, record: bool) -> None:
        self.pace = pace
        self.records: deque[dict[str, Any]] | None = deque(maxlen=RECORDS_MOST) if record else None
        self._numbers = count(1)

    def record(self) -> dict[str, Any]:
        kept = {"id": f"chatcmpl-demo-{next(self._numbers)}", "text": "", "finished": False, "aborted": False}
        if self.records is not None:
            self.records.append(kept)
        return kept

    def pause(self, shortest: float, longest: float) -> float:
        return random.uniform(shortest, longest) / self.pace if self.pace else 0.0


class Reply:
    """One reply being written: each token at its time, or all of them at once."""

    def __init__(self, demo: Demo, asked: dict[str, Any], write: Callable[[bytes], None], done: Callable[[], None]) -> None:
        self._demo, self._write, self._done = demo, write, done
        self._streams = asked.get("stream") is True
        options = asked.get("stream_options")
        self._tells_usage = isinstance(options, dict) and options.get("include_usage") is True
        self._record = demo.record()
        self._pieces = demo_replies.pieces(demo_replies.reply(asked["messages"]))
        most = asked.get("max_completion_tokens") or asked.get("max_tokens")
        most = most if isinstance(most, int) and most > 0 else len(self._pieces)
        self._reason = "length" if most < len(self._pieces) else "stop"
        self._pieces = self._pieces[:most]
        self._usage = _usage(asked["messages"], len(self._pieces))
        self._base = {"id": self._record["id"], "created": int(time.time()), "model": asked["model"]}
        around = json.dumps(self._event([_choice({"content": "\0"})]), separators=(",", ":")).split("\\u0000")
        self._before, self._after = (f"data: {around[0]}".encode(), f"{around[1]}\n\n".encode())
        self._next = 0
        self._loop = asyncio.get_running_loop()
        self._due = self._loop.time() + demo.pause(*FIRST_TOKEN_SECONDS)
        self._timer = self._loop.call_at(self._due, self._begin if self._streams else self._whole)

    def abort(self) -> None:
        self._timer.cancel()
        self._record["aborted"] = not self._record["finished"]

    def _event(self, choices: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
        return {**self._base, "object": "chat.completion.chunk", "choices": choices, **more}

    def _begin(self) -> None:
        self._write(_STREAM_HEAD + _chunk(_sse(self._event([_choice({"role": "assistant", "content": ""})]))))
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
        out = _chunk(_sse(self._event([_choice({}, reason=self._reason)])))
        if self._tells_usage:
            out += _chunk(_sse(self._event([], usage=self._usage)))
        return out + _chunk(b"data: [DONE]\n\n") + _chunk(b"")

    def _whole(self) -> None:
        text = self._record["text"] = "".join(self._pieces)
        message = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": self._reason}
        self._write(json_answer(200, {**self._base, "object": "chat.completion", "choices": [message], "usage": self._usage}))
        self._finish()

    def _finish(self) -> None:
        self._record["finished"] = True
        self._done()


def json_answer(status: int, value: object) -> bytes:
    """A whole HTTP answer."""
    body = json.dumps(value).encode()
    head = f"HTTP/1.1 {status} \r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


def _usage(messages: Sequence[dict[str, Any]], tokens_out: int) -> dict[str, int]:
    tokens_in = max(1, len(json.dumps(messages)) // 4)
    return {"prompt_tokens": tokens_in, "completion_tokens": tokens_out, "total_tokens": tokens_in + tokens_out}


def _choice(delta: dict[str, str], *, reason: str | None = None) -> dict[str, Any]:
    return {"index": 0, "delta": delta, "finish_reason": reason}


def _sse(event: dict[str, Any]) -> bytes:
    return b"data: " + json.dumps(event, separators=(",", ":")).encode() + b"\n\n"


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)
