"""Server-sent events: messages to wire text, heartbeats, headers, and the stop that lets a server exit."""

import asyncio
from collections.abc import AsyncIterator
from weakref import WeakKeyDictionary

from django.http import StreamingHttpResponse
from django.utils.html import escape

HEARTBEAT = b": \n\n"

_stops: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Event] = WeakKeyDictionary()


def stopping() -> asyncio.Event:
    """Set when the server wants to exit. Streams watch it: a server waits for its open connections."""
    return _stops.setdefault(asyncio.get_running_loop(), asyncio.Event())


def partial(target: str, swap: str, html: str) -> str:
    """One swap of an unnamed message. `html` is trusted: escape or sanitise before."""
    return f'<hx-partial hx-target="#{target}" hx-swap="{swap}">{html}</hx-partial>'


def text(raw: str) -> str:
    """Text as HTML for a partial. A bare CR would end the line on the wire, and NUL has no place in HTML."""
    return escape(raw).replace("\r", "&#13;").replace("\0", "\ufffd")


def message(html: str, *, id: str = "") -> bytes:
    """An unnamed message, which htmx swaps."""
    head = f"id: {id}\n" if id else ""
    return f"{head}{_data(html)}\n".encode("utf-8", "replace")


def event(name: str, data: str) -> bytes:
    """A named event, for scripts and outside programs."""
    return f"event: {name}\n{_data(data)}\n".encode("utf-8", "replace")


def _data(value: str) -> str:
    return "".join(f"data: {line}\n" for line in value.replace("\r\n", "\n").replace("\r", "\n").split("\n"))


def response(messages: AsyncIterator[bytes]) -> StreamingHttpResponse:
    """A stream that no proxy may buffer and no cache may keep."""
    answer = StreamingHttpResponse(messages, content_type="text/event-stream; charset=utf-8")
    answer["Cache-Control"] = "no-store"
    answer["X-Accel-Buffering"] = "no"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
