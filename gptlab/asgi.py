"""The ASGI application: pages through Django's middleware, in a thread each; streams straight to their async view.

Measured: each synchronous middleware on an async stack costs a thread hop per request, and chat starts, not tokens, are what
breaks first. So pages make one hop for all of them, and a stream, which authenticates itself, makes none.
"""

import asyncio
import os
import re
import signal
from concurrent.futures import ThreadPoolExecutor
from types import FrameType
from typing import Any

from asgiref.sync import sync_to_async
from django import setup
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.exception import convert_exception_to_response
from django.db import close_old_connections
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from servestatic.middleware import ServeStaticMiddleware

from gptlab import checks

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gptlab.settings")
setup(set_prefix=False)
checks.refuse_unsafe_production()

# Streams, and what machines ask: those come by an address that is in no list of hosts, over plain http.
BARE = re.compile(r"^/(?:chats/[0-9a-f-]{36}/replies/[0-9a-f-]{36}/stream/|healthz|readyz)$")


class PageHandler(ASGIHandler):
    """Synchronous from the first middleware to the view: one hop, into a thread that stays and keeps its connection."""

    threads = ThreadPoolExecutor(32, thread_name_prefix="pages")

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        return await sync_to_async(self._respond, thread_sensitive=False, executor=self.threads)(request)

    def _respond(self, request: HttpRequest) -> HttpResponseBase:
        """Django closes connections in a thread of its own choice; these belong to this one."""
        close_old_connections()
        try:
            return self.get_response(request)
        finally:
            close_old_connections()


class StaticHandler(ASGIHandler):
    """Files only. Its one middleware is asynchronous: among the synchronous ones it would cost every page its hops."""

    def load_middleware(self, is_async: bool = False) -> None:
        self._view_middleware: list[Any] = []
        self._template_response_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []
        handler: Any = self  # the stubs do not know what follows
        view = convert_exception_to_response(handler._get_response_async)
        self._middleware_chain = convert_exception_to_response(ServeStaticMiddleware(view))


class BareHandler(ASGIHandler):
    """No middleware at all."""

    def load_middleware(self, is_async: bool = False) -> None:
        self._view_middleware: list[Any] = []
        self._template_response_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []
        handler: Any = self  # the stubs do not know what follows
        self._middleware_chain = convert_exception_to_response(handler._get_response_async)


pages = PageHandler()
static = StaticHandler()
bare = BareHandler()


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "http":
        path = scope["path"]
        handler = bare if BARE.match(path) else static if path.startswith(settings.STATIC_URL) else pages
        await handler(scope, receive, send)


async def _lifespan(receive: Any, send: Any) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            _tell_streams_of_signals()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


def _tell_streams_of_signals() -> None:
    """A server waits for open connections before it ends, so streams must hear of the signal themselves."""
    from gptlab import sse

    loop, stop = asyncio.get_running_loop(), sse.stopping()

    def wrap(number: signal.Signals) -> None:
        before = signal.getsignal(number)

        def handle(received: int, frame: FrameType | None) -> None:
            loop.call_soon_threadsafe(stop.set)
            if callable(before):
                before(received, frame)

        signal.signal(number, handle)

    wrap(signal.SIGTERM)
    wrap(signal.SIGINT)
