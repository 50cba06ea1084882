"""What the chat templates are given: exchanges with their addresses and notices."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.visit import Visit
from chats.history import Exchange, OpenedReply, OpenedTurn
from chats.models import ChatSession, Reply
from chats.reply_errors import Notice, notice
from chats.sealing import Vault
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

    @property
    def row(self) -> Reply:
        return self.opened.row


@dataclass(frozen=True, slots=True)
class ShownExchange:
    turn: OpenedTurn
    reply: ShownReply | None
    after_pause: bool


def vault_of(visit: Visit) -> Vault:
    return Vault(user_id=visit.user_id, data_key=visit.data_key)


def show_exchange(exchange: Exchange, *, visit: Visit) -> ShownExchange:
    reply = show_reply(exchange.reply, visit=visit) if exchange.reply is not None else None
    return ShownExchange(turn=exchange.turn, reply=reply, after_pause=exchange.after_pause)


def show_reply(opened: OpenedReply, *, visit: Visit) -> ShownReply:
    row = opened.row
    place = {"session_id": row.session_id, "reply_id": row.pk}
    return ShownReply(
        opened=opened,
        html=SafeString("") if row.is_live else render(opened.text),
        error=notice(row, visit=visit, now=timezone.now()),
        stream_url=reverse("chats:stream", kwargs=place),
        stop_url=reverse("chats:stop", kwargs=place),
        retry_url=reverse("chats:retry", kwargs=place),
        text_url=reverse("chats:text", kwargs=place),
    )


def common(session: ChatSession) -> dict[str, Any]:
    """What every chat template knows."""
    return {"session": session, "assistant": session.assistant, "draft_key": f"draft-{session.pk}"}
