"""An OpenAI-compatible server that answers at once and keeps what it was asked: `python -m benchmarks.recorder --port N`.

GET /sent has every request so far: key, kind, messages and answer. Replies and notes carry a word that is drawn at random, so
that one can tell afterwards which of them went where.
"""

import argparse
import asyncio
import random
import secrets
from typing import Any

import orjson
import uvloop

MODEL = "gpt-4.1-mini"
REPLY_WORDS, NOTES_WORDS = 40, 80
_WORDS = (
    "ice",
    "water",
    "tea",
    "light",
    "north",
    "seven",
    "salt",
    "river",
    "stone",
    "glass",
    "paper",
    "early",
    "often",
    "between",
)
_NOTES_MARK = "Answer with the notes alone."  # a sentence of what the product says when it asks for notes
_TITLE_MARK = "You give conversations their titles."
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


class Recorder:
    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    async def connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                path, key, body = await _request(reader)
                writer.write(self._answer(path, key, body))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def _answer(self, path: str, key: str, body: bytes) -> bytes:
        if path == "/v1/models":
            return _json({"object": "list", "data": [{"id": MODEL, "object": "model"}]})
        if path == "/sent":
            return _json(self.sent)
        messages = [[message["role"], message["content"]] for message in orjson.loads(body)["messages"]]
        kind = kind_of(messages)
        text = words(NOTES_WORDS if kind == "notes" else REPLY_WORDS)
        self.sent.append({"key": key, "kind": kind, "messages": messages, "text": text})
        return _HEAD + b"".join(_chunk(part) for part in (*_events(text), b""))


def kind_of(messages: list[list[str]]) -> str:
    """Whether a reply is wanted, notes, or a title."""
    system = messages[0][1]
    if _NOTES_MARK in system:
        return "notes"
    return "title" if _TITLE_MARK in system else "reply"


def words(count: int) -> str:
    return f"Fact {secrets.token_hex(8)}: " + " ".join(random.choices(_WORDS, k=count)) + "."


def _events(text: str) -> list[bytes]:
    frame = {"id": "chatcmpl-recorder", "object": "chat.completion.chunk", "created": 0, "model": MODEL}
    pieces = [{"delta": {"role": "assistant", "content": text[start : start + 40]}} for start in range(0, len(text), 40)]
    choices = [*pieces, {"delta": {}, "finish_reason": "stop"}]
    events = [b"data: " + orjson.dumps({**frame, "choices": [{"index": 0, **choice}]}) + b"\n\n" for choice in choices]
    return [*events, b"data: [DONE]\n\n"]


async def _request(reader: asyncio.StreamReader) -> tuple[str, str, bytes]:
    """Its path, the key that it came with, and its body."""
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    key = headers.get("authorization", "").removeprefix("Bearer ")
    return first.split(" ")[1], key, await reader.readexactly(int(headers.get("content-length", 0)))


def _json(value: Any) -> bytes:
    body = orjson.dumps(value)
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


async def serve(port: int) -> None:
    server = await asyncio.start_server(Recorder().connection, "127.0.0.1", port, backlog=256)
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=9000)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(parser.parse_args().port))
