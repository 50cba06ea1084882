"""The live reply as server-sent events. Authenticates by itself, without middleware; holds no database connection.

The language of the messages: see ARCHITECTURE.md, "One turn's way".
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import OperationalError, connections
from django.http import HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import visit as visits
from accounts.visit import Visit
from chats import history, live
from chats.models import LIVE_STATES, Reply
from chats.sealing import vault_of
from chats.views import stream_parts
from chats.views.showing import common, show_reply
from gptlab import sse
from gptlab.errors import Unavailable
from gptlab.http import HttpRequest

T = TypeVar("T")

TICK = 1.0  # seconds: how often a quiet stream looks whether the server wants to exit
LOOK = 10.0  # seconds between two looks whether the visit and the reply still live; a quiet stream beats then


async def stream(request: HttpRequest, session_id: UUID, reply_id: UUID) -> HttpResponseBase:
    if request.method != "GET":
        return HttpResponseNotAllowed(["GET"])
    request.get_host()  # refuses a foreign Host header, as the middleware does for pages
    # A reconnect that gets 4xx is retried for ever, so who comes back, or comes from the page, hears the end as an event.
    last_id = request.headers.get("Last-Event-ID")
    from_page = last_id is not None or request.headers.get("HX-Request") == "true"
    token = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    try:
        visit = await visits.peek(token)
        if visit is None:
            return sse.response(_gone(request, reply_id)) if from_page else HttpResponse(status=401)
        watched = Watched(request=request, visit=visit, token=token, session_id=session_id, reply_id=reply_id)
        state = await watched.state()
    except (Unavailable, OperationalError):
        return HttpResponse(status=503)  # the page comes back, and goes on from where it was
    if state is None:
        return sse.response(_gone(request, reply_id)) if from_page else HttpResponse(status=404)
    if state not in LIVE_STATES:
        return sse.response(watched.final())
    after = live.Position.parse(last_id or request.GET.get("after", ""))
    return sse.response(watched.messages(after))


@dataclass(frozen=True, repr=False)
class Watched:
    """One reply, watched by one visitor over one connection."""

    request: HttpRequest
    visit: Visit
    token: str
    session_id: UUID
    reply_id: UUID

    async def messages(self, after: live.Position | None) -> AsyncIterator[bytes]:
        """Replay, follow, end. Ends without `done` when the server exits: the page comes back to the next one."""
        if after is None:
            yield sse.message(stream_parts.blank(self.reply_id))
        words, looked_at = _status_words(self.request), time.monotonic()
        async with aclosing(live.follow(self.reply_id, data_key=self.visit.data_key, after=after, idle=TICK)) as batches:
            async for position, entries in batches:
                if sse.stopping().is_set():
                    return
                if news := stream_parts.news(self.reply_id, entries, words):
                    yield sse.message(news, id=str(position))
                if any(entry.flagged for entry in entries):
                    yield sse.message(await _in_thread(self._render_flags))
                if time.monotonic() < looked_at + LOOK:
                    continue
                looked_at = time.monotonic()
                yield sse.HEARTBEAT
                if not await self._is_here() or await self.state() not in LIVE_STATES:
                    break
        async for part in self._end():
            yield part

    async def _end(self) -> AsyncIterator[bytes]:
        """Once the log has ended, or the visit, or the reply without the log's word: the database decides."""
        while await self.state() in LIVE_STATES and await self._is_here():
            if sse.stopping().is_set():
                return
            await asyncio.sleep(TICK)
            yield sse.HEARTBEAT
        parts = self.final() if await self._is_here() else _gone(self.request, self.reply_id)
        async for part in parts:
            yield part

    async def _is_here(self) -> bool:
        """Whether the visit goes on. While nobody can say, since Redis is away, it does."""
        try:
            return await visits.alive(self.token)
        except Unavailable:
            return True

    async def final(self) -> AsyncIterator[bytes]:
        """The reply as the database has it, and the event that closes the stream."""
        found = await _in_thread(self._render_final)
        if found is None:  # the chat was deleted meanwhile
            async for part in _gone(self.request, self.reply_id):
                yield part
            return
        state, html = found
        yield sse.message(await _in_thread(self._render_flags) + sse.partial(f"reply-{self.reply_id}", "outerHTML", html))
        yield sse.event("done", json.dumps({"state": state}))

    async def state(self) -> str | None:
        """None when there is no such reply, or it is another's."""
        return await _in_thread(lambda: self._rows().values_list("state", flat=True).first())

    def _rows(self) -> Any:
        return Reply.objects.filter(pk=self.reply_id, session_id=self.session_id, session__user_id=self.visit.user_id)

    def _render_flags(self) -> str:
        """What moderation found in the message, in its place there; nothing if there is nothing."""
        reply = self._rows().select_related("turn").first()
        if reply is None or not reply.turn.sealed_flags:
            return ""
        turn = history.open_turn(reply.turn, vault=vault_of(self.visit))
        html = _render(self.request, "chats/_flags.html", {"turn": turn})
        return sse.partial(f"turn-{turn.number}-flags", "innerHTML", html)

    def _render_final(self) -> tuple[str, str] | None:
        reply = self._rows().select_related("turn", "session__assistant").first()
        if reply is None:
            return None
        opened = history.open_reply(reply, turn=reply.turn, vault=vault_of(self.visit))
        context = common(reply.session) | {"reply": show_reply(opened, visit=self.visit), "visit": self.visit, "just_ended": True}
        return reply.state, _render(self.request, "chats/_reply.html", context)


async def _gone(request: HttpRequest, reply_id: UUID) -> AsyncIterator[bytes]:
    """The visit has ended, or this is another's: one answer for both, and no reconnect."""
    page = request.path.partition("replies/")[0]
    html = await _in_thread(lambda: _render(request, "chats/_signed_out.html", {"next": page}))
    yield sse.message(sse.partial(f"reply-{reply_id}-status", "innerHTML", html))
    yield sse.event("done", json.dumps({"state": "signed_out"}))


def _status_words(request: HttpRequest) -> dict[str, str]:
    with translation.override(translation.get_language_from_request(request)):
        return {"thinking": _("Thinking"), "writing": _("Writing")}


def _render(request: HttpRequest, template: str, context: dict[str, Any]) -> str:
    """As a page would: in the visitor's language, with the form token of their cookie."""
    CsrfViewMiddleware(lambda _request: HttpResponse()).process_request(request)
    with translation.override(translation.get_language_from_request(request)):
        return render_to_string(template, context, request=request)


async def _in_thread(call: Callable[[], T]) -> T:
    """Run with the database, and give the connection back at once: a stream may last ten minutes."""

    def closing() -> T:
        try:
            return call()
        finally:
            connections.close_all()

    return await sync_to_async(closing, thread_sensitive=False)()
