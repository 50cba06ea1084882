"""What the chat templates are given: exchanges with their addresses and notices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.visit import Visit
from chats import conversation, naming, recapping, variants
from chats.history import Exchange, OpenedReply, OpenedTurn
from chats.models import ChatSession, Reply
from chats.reply_errors import Notice, notice
from chats.sealing import vault_of
from chats.spending import spending
from chats.variants import Place
from gptlab.markdown import render


@dataclass(frozen=True, slots=True)
class ShownReply:
    """An opened reply with what its markup needs."""

    opened: OpenedReply
    html: SafeString  # "" while it is live: then it streams itself in
    error: Notice | None
    stream_url: str
    stop_url: str
    retry_url: str
    text_url: str
    place: Place | None  # among the replies to the same message; None: it is the only one

    @property
    def row(self) -> Reply:
        return self.opened.row


@dataclass(frozen=True, slots=True)
class ShownExchange:
    turn: OpenedTurn
    reply: ShownReply | None
    after_pause: bool


def show_exchanges(exchanges: Sequence[Exchange], *, visit: Visit) -> list[ShownExchange]:
    places = variants.places(exchange.reply.row for exchange in exchanges if exchange.reply is not None)
    return [_show_exchange(exchange, visit=visit, places=places) for exchange in exchanges]


def show_exchange(exchange: Exchange, *, visit: Visit) -> ShownExchange:
    return show_exchanges([exchange], visit=visit)[0]


def _show_exchange(exchange: Exchange, *, visit: Visit, places: dict[UUID, Place]) -> ShownExchange:
    found = exchange.reply
    reply = _show_reply(found, visit=visit, place=places.get(found.row.pk)) if found is not None else None
    return ShownExchange(turn=exchange.turn, reply=reply, after_pause=exchange.after_pause)


def show_reply(opened: OpenedReply, *, visit: Visit) -> ShownReply:
    return _show_reply(opened, visit=visit, place=variants.places([opened.row]).get(opened.row.pk))


def _show_reply(opened: OpenedReply, *, visit: Visit, place: Place | None) -> ShownReply:
    row = opened.row
    ids = {"session_id": row.session_id, "reply_id": row.pk}
    return ShownReply(
        opened=opened,
        html=SafeString("") if row.is_live else render(opened.text),
        error=notice(row, visit=visit, now=timezone.now()),
        stream_url=reverse("chats:stream", kwargs=ids),
        stop_url=reverse("chats:stop", kwargs=ids),
        retry_url=reverse("chats:retry", kwargs=ids),
        text_url=reverse("chats:text", kwargs=ids),
        place=place,
    )


@dataclass(frozen=True, slots=True)
class ShownRecap:
    """Of a concluded chat. `html` is "" while it is awaited, and where it could not be written."""

    is_awaited: bool
    html: SafeString
    message_count: int


def show_recap(session: ChatSession, *, visit: Visit, now: datetime) -> ShownRecap:
    is_awaited = recapping.is_awaited(session, now=now)
    text = "" if is_awaited else recapping.open_recap(session, vault=vault_of(visit))
    return ShownRecap(is_awaited=is_awaited, html=render(text), message_count=session.count_messages())


def show_state(session: ChatSession, exchanges: Sequence[ShownExchange], *, visit: Visit, now: datetime) -> dict[str, Any]:
    """Where a chat stands whose page shows these exchanges: what its head says, and what may be done."""
    last = exchanges[-1].reply.row if exchanges and exchanges[-1].reply is not None else None
    live = last if last is not None and last.is_live else None
    return {
        "live": live,
        "busy": live is not None,
        "recap": show_recap(session, visit=visit, now=now) if not session.is_open else None,
        "spending": spending(session) if not session.is_open else None,
        "title": naming.title_of(session, vault=vault_of(visit)),
        "can_conclude": live is None and visit.can_chat and conversation.can_conclude(session),
        "model": last.model if last is not None else conversation.model_for(session, visit),
        "client_id": uuid4(),
        "can_chat": visit.can_chat and session.is_open,
    }


def common(session: ChatSession) -> dict[str, Any]:
    """What every chat template knows."""
    return {"session": session, "assistant": session.assistant, "draft_key": f"draft-{session.pk}"}
