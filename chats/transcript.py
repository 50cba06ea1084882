"""A session as a document for its owner. The secret prompt and what the model was told besides are in none of them."""

from typing import Any

from chats import history
from chats.models import ChatSession
from chats.sealing import Vault

FORMAT = "gptlab-transcript"
VERSION = 1


def as_data(session: ChatSession, *, vault: Vault) -> dict[str, Any]:
    """`{"format", "version", "session", "assistant", "status", "started_at", "messages": […]}`.

    A message has `role` (user, assistant), `text` exactly as stored, `at` (ISO 8601), `turn`; an assistant's also `state`,
    `model` and `variant`. One that does not open has `"text": null` and `"damaged": true`.
    """
    messages: list[dict[str, Any]] = []
    for exchange in history.exchanges(session, vault=vault):
        if exchange.turn.text is not None:
            messages.append(_user(exchange.turn))
        if exchange.reply is not None:
            messages.append(_assistant(exchange.turn, exchange.reply))
    return {
        "format": FORMAT,
        "version": VERSION,
        "session": str(session.pk),
        "assistant": {"code": session.assistant.code, "name": session.assistant.name},
        "status": session.status,
        "started_at": session.started_at.isoformat(),
        "messages": messages,
    }


def _user(turn: history.OpenedTurn) -> dict[str, Any]:
    message = {"role": "user", "turn": turn.number, "text": turn.text, "at": turn.created_at.isoformat()}
    return message | {"text": None, "damaged": True} if turn.damaged else message


def _assistant(turn: history.OpenedTurn, reply: history.OpenedReply) -> dict[str, Any]:
    row = reply.row
    message = {
        "role": "assistant",
        "turn": turn.number,
        "text": reply.text,
        "at": row.created_at.isoformat(),
        "state": row.state,
        "model": row.model,
        "variant": row.variant,
    }
    return message | {"text": None, "damaged": True} if reply.damaged else message
