"""A scripted OpenAI-compatible upstream on a real socket, with all three endpoints.

In a thread of the test, or `python -m tests.fakes.upstream --port N`.

What it does is chosen by `[[script=name:argument:…]]` in a message (the last one counts), by the model `script:name:argument:…`,
for moderation by `[[moderation=name:argument:…]]`, for titles by `[[title=name:argument:…]]`, or, for the list of models, by a
key that contains `script.name.argument…-`. `scripts.py` has the names.

It keeps in memory what came and what it sent: `sent`, and GET /sent. What was asked beside the replies, for titles and by
moderation, is in `aside`: it comes when it comes, and would stand between what a test counts.
"""

import argparse
import asyncio
import json
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from gptlab.llm import dialogue
from tests.fakes.scripts import SCRIPTS
from tests.fakes.wire_formats import FORMATS, Format, endpoint_of

DEFAULT_MODELS = ("gpt-4.1-mini", "gpt-6-luna", "gpt-6.1-terra", "text-embedding-3-small", "tts-1", "gpt-image-2")


class Upstream:
    """`with Upstream() as upstream: … upstream.base_url`. `sent` has one dict per request, the newest last."""

    def __init__(self, *, port: int = 0, models: tuple[str, ...] = DEFAULT_MODELS) -> None:
        self.port = port
        self.models = models
        self.sent: list[dict[str, Any]] = []
        self.aside: list[dict[str, Any]] = []
        self.failures: Counter[str | tuple[str, str]] = Counter()
        self.connections = 0
        self._idle: set[asyncio.StreamWriter] = set()
        self._ready = threading.Event()
        self._stop: Callable[[], None] = lambda: None

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def __enter__(self) -> "Upstream":
        self._thread = threading.Thread(target=lambda: asyncio.run(self.serve()), daemon=True)
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *error: object) -> None:
        self._stop()
        self._thread.join(10)

    def hang_up_idle(self) -> None:
        """Closes the connections on which nothing is being answered, as servers do after some seconds."""
        for writer in list(self._idle):
            writer.transport.get_extra_info("socket").shutdown(2)

    async def serve(self) -> None:
        stopped, loop = asyncio.Event(), asyncio.get_running_loop()
        self._stop = lambda: loop.call_soon_threadsafe(stopped.set)
        server = await asyncio.start_server(self._connection, "127.0.0.1", self.port, backlog=1024)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await stopped.wait()
        server.close()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            self._idle.add(writer)
            while await self._request(reader, writer):
                self._idle.add(writer)
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError, ConnectionError):
            pass
        finally:
            self._idle.discard(writer)
            writer.close()

    async def _request(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answers one request; whether the connection can serve another one."""
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        self._idle.discard(writer)
        method, path, _ = first.split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        if path == "/sent":
            return await answer_json(writer, 200, [{**record, "headers": None} for record in self.sent])
        record = self._record(method, path, headers, body)
        name, *arguments = record["script"]
        playing = asyncio.create_task(SCRIPTS[name](Call(self, writer, record), *arguments))
        watching = asyncio.create_task(_watch(reader, playing, record))
        try:
            return await playing
        except asyncio.CancelledError:
            if record["peer_closed"] is None:
                raise
            return False
        except ConnectionError:  # a script that writes on may feel it before the watch sees it
            record["peer_closed"] = record["peer_closed"] or time.monotonic()
            raise
        finally:
            watching.cancel()

    def _record(self, method: str, path: str, headers: dict[str, str], body: bytes) -> dict[str, Any]:
        asked = json.loads(body) if body else {}
        record = {
            "id": len(self.sent) + 1,
            "method": method,
            "path": path,
            "headers": headers,
            "arrived": time.monotonic(),
            "body": asked,
            "script": _script(path, headers, asked),
            "text": "",
            "finished": False,
            "peer_closed": None,
        }
        (self.aside if path.endswith("/moderations") or _wants_title(asked) else self.sent).append(record)
        return record


class Call:
    """What a script works with: the request, and ways to answer it. What it sends is written down."""

    def __init__(self, upstream: Upstream, writer: asyncio.StreamWriter, record: dict[str, Any]) -> None:
        self.upstream, self.writer, self.record = upstream, writer, record

    @property
    def endpoint(self) -> str:
        return endpoint_of(self.record["path"])

    @property
    def wire(self) -> Format:
        """How the endpoint that was asked writes its stream."""
        return FORMATS[self.endpoint]

    @property
    def wants_usage(self) -> bool:
        asked = self.record["body"]
        return "input" in asked or bool((asked.get("stream_options") or {}).get("include_usage"))

    @property
    def last_text(self) -> str:
        return last_text(self.record["body"])

    @property
    def system_text(self) -> str:
        return next((message["content"] for message in said(self.record["body"]) if message["role"] == "system"), "")

    @property
    def api_key(self) -> str:
        return self.record["headers"].get("authorization", "").removeprefix("Bearer ")

    async def json(self, status: int, value: Any, **headers: str) -> bool:
        return await answer_json(self.writer, status, value, **headers)

    async def head(self, status: int = 200, content_type: str = "text/event-stream", **headers: str) -> None:
        lines = [f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items()]
        start = f"HTTP/1.1 {status} X\r\ncontent-type: {content_type}\r\ntransfer-encoding: chunked\r\n{''.join(lines)}\r\n"
        self.writer.write(start.encode())
        await self.writer.drain()

    async def write(self, data: bytes, *, text: str = "") -> None:
        self.record["text"] += text
        if not data:  # an empty chunk would be the end
            return
        self.writer.write(b"%x\r\n%b\r\n" % (len(data), data))
        await self.writer.drain()

    async def end(self) -> bool:
        self.record["finished"] = True
        self.writer.write(b"0\r\n\r\n")
        await self.writer.drain()
        return True

    def drop(self) -> bool:
        self.writer.transport.abort()
        return False


def said(asked: dict[str, Any]) -> list[dict[str, Any]]:
    """The messages of a request, whatever the endpoint."""
    if isinstance(asked.get("prompt"), str):
        return [{"role": message.role.value, "content": message.text} for message in dialogue.messages(asked["prompt"])]
    messages = asked.get("messages") or asked.get("input") or []
    return messages if isinstance(messages, list) else [{"role": "user", "content": messages}]


def last_text(asked: dict[str, Any]) -> str:
    messages = said(asked)
    return messages[-1]["content"] if messages else ""


async def answer_json(writer: asyncio.StreamWriter, status: int, value: Any, **headers: str) -> bool:
    body = json.dumps(value).encode()
    lines = "".join(f"{name.replace('_', '-')}: {text}\r\n" for name, text in headers.items())
    writer.write(
        f"HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n{lines}\r\n".encode() + body
    )
    await writer.drain()
    return True


async def _watch(reader: asyncio.StreamReader, playing: asyncio.Task[bool], record: dict[str, Any]) -> None:
    """Notes when the other side hangs up in the middle of an answer, and ends the script."""
    while not reader.at_eof():
        await asyncio.sleep(0.005)
    record["peer_closed"] = time.monotonic()
    playing.cancel()


def _script(path: str, headers: dict[str, str], asked: dict[str, Any]) -> list[str]:
    if path.endswith("/models"):
        found = re.findall(r"script\.([\w.]+)-", headers.get("authorization", ""))
        return found[-1].split(".") if found else ["models"]
    if path.endswith("/moderations"):
        found = re.findall(r"\[\[moderation=([^\]]+)\]\]", str(asked.get("input")))
        return found[-1].split(":") if found else ["moderate"]
    texts = " ".join(str(message.get("content")) for message in said(asked))
    found = re.findall(r"\[\[script=([^\]]+)\]\]", texts)
    if _wants_title(asked):
        found = re.findall(r"\[\[title=([^\]]+)\]\]", texts) or ["title"]
    if found:
        return found[-1].split(":")
    model = str(asked.get("model"))
    return model.removeprefix("script:").split(":") if model.startswith("script:") else ["echo"]


def _wants_title(asked: dict[str, Any]) -> bool:
    return "You give conversations their titles" in json.dumps(asked)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.fakes.upstream")
    parser.add_argument("--port", type=int, required=True)
    asyncio.run(Upstream(port=parser.parse_args().port).serve())
