"""A small OpenAI-compatible server with honest canned replies: for the first run without a key, for tests and benchmarks.

It has Chat Completions, Responses, the legacy Completions and moderation, with a model for each endpoint.

    python -m gptlab.llm.demo --port 9000 [--record]

Listens on 127.0.0.1 only. Needs no Django and one setting: DEMO_PACE multiplies the speed of writing (0: all at once). With
`--record` it keeps what it sent, in memory, and shows it at GET /sent; without, it keeps nothing.
"""

import argparse
import asyncio
import os
import signal
import sys
from typing import cast

import httptools
import uvloop

from gptlab.llm import demo_asking, demo_formats, demo_replies
from gptlab.llm.demo_asking import MODELS, PATHS
from gptlab.llm.demo_writing import Demo, Reply, json_answer

KEY_PREFIX, KEY_LEAST = "demo-", 20
BODY_MOST_BYTES = 8 * 1024 * 1024
MODERATION = "/v1/moderations"
_ADDRESSES = {"GET": ("/v1/models",), "POST": (*PATHS, MODERATION)}


class Connection(asyncio.Protocol):
    """HTTP/1.1, one request after the other."""

    def __init__(self, demo: Demo) -> None:
        self._demo = demo
        self._reply: Reply | None = None
        self._parser = httptools.HttpRequestParser(self)
        self._reset()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._reply is not None:
            self._reply.abort()

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._transport.close()

    def on_url(self, url: bytes) -> None:
        self._path = url.partition(b"?")[0].decode("latin-1")

    def on_header(self, name: bytes, value: bytes) -> None:
        if name.lower() == b"authorization":
            self._key = value.decode("latin-1").removeprefix("Bearer ")

    def on_body(self, body: bytes) -> None:
        self._body += body
        if len(self._body) > BODY_MOST_BYTES:
            self._transport.close()

    def on_message_complete(self) -> None:
        method, path, key, body = self._parser.get_method().decode(), self._path, self._key, bytes(self._body)
        self._reset()
        if self._reply is not None:  # nobody pipelines a second request behind a stream
            self._transport.close()
        elif not self._transport.is_closing():
            self._transport.write(self._answer(method, path, key, body))

    def _reset(self) -> None:
        self._path, self._key, self._body = "", "", bytearray()

    def _answer(self, method: str, path: str, key: str, body: bytes) -> bytes:
        """What to write now; nothing if a reply will write."""
        if path == "/sent" and self._demo.records is not None:
            return json_answer(200, list(self._demo.records))
        if path not in _ADDRESSES.get(method, ()):
            return _error(404, "not_found", "There is nothing at this address.")
        if not key.startswith(KEY_PREFIX) or len(key) < KEY_LEAST:
            return _error(401, "invalid_api_key", "Keys of the Demo begin with demo- and have at least 20 characters.")
        if method == "GET":
            listing = [{"id": name, "object": "model", "owned_by": "demo"} for name in MODELS]
            return json_answer(200, {"object": "list", "data": listing})
        try:
            return self._moderation(body) if path == MODERATION else self._begin(PATHS[path], body)
        except demo_asking.Refused as refused:
            return _error(refused.status, refused.code, refused.message)

    def _begin(self, endpoint: str, body: bytes) -> bytes:
        self._reply = Reply(self._demo, demo_asking.read(endpoint, body), self._transport.write, self._replied)
        return b""

    def _moderation(self, body: bytes) -> bytes:
        verdicts = [demo_replies.flags(text) for text in demo_asking.texts(body)]
        return json_answer(200, demo_formats.moderation(verdicts, known=demo_replies.CATEGORIES))

    def _replied(self) -> None:
        self._reply = None


def _error(status: int, code: str | None, message: str) -> bytes:
    return json_answer(status, {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": code}})


async def serve(*, port: int, pace: float, record: bool) -> None:
    demo = Demo(pace=pace, record=record)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(demo), "127.0.0.1", port, backlog=2048)
    await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m gptlab.llm.demo")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--record", action="store_true", help="keep what is sent, and show it at GET /sent")
    arguments = parser.parse_args()
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # like SIGTERM: there is nothing to save, so it ends at once
    try:
        uvloop.run(serve(port=arguments.port, pace=float(os.environ.get("DEMO_PACE", "1")), record=arguments.record))
    except OSError as error:
        sys.exit(f"The Demo can't listen on port {arguments.port}: {error.strerror}")


if __name__ == "__main__":
    main()
