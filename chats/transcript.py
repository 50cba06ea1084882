"""A session as a document for its owner: JSON, CSV, Markdown. The assistant's prompts and what the model was told besides are in
none of them.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from typing import Any

from django.utils.translation import gettext as _

from chats import history, naming, recapping
from chats.models import ChatSession, Reply
from chats.sealing import Vault

FORMAT = "gptlab-transcript"
VERSION = 1
BYTE_ORDER_MARK = "\ufeff"  # spreadsheets take a file without it for something other than UTF-8


@dataclass(frozen=True, slots=True, repr=False)
class _Line:
    """`reply` is None for what the visitor said, `text` for what does not open."""

    turn: int
    text: str | None
    at: datetime
    reply: Reply | None


def as_data(session: ChatSession, *, vault: Vault) -> dict[str, Any]:
    """`{"format", "version", "session", "title", "assistant", "status", "started_at", "recap", "messages": […]}`.

    A message has `role` (user, assistant), `text` exactly as stored, `at` (ISO 8601), `turn`; an assistant's also `state`,
    `model`, `variant`, `liked`. One that does not open has `"text": null` and `"damaged": true`. Title and recap may be "".
    """
    return {
        "format": FORMAT,
        "version": VERSION,
        "session": str(session.pk),
        "title": naming.title_of(session, vault=vault),
        "assistant": {"code": session.assistant.code, "name": session.assistant.name},
        "status": session.status,
        "started_at": session.started_at.isoformat(),
        "recap": recapping.open_recap(session, vault=vault),
        "messages": [_message(line) for line in _lines(session, vault)],
    }


def as_csv(session: ChatSession, *, vault: Vault) -> str:
    """Who, message, time; a row each. No cell begins as a formula does."""
    out = StringIO()
    rows = csv.writer(out)
    rows.writerow(["who", "message", "time"])
    for line in _lines(session, vault):
        rows.writerow([_inert(_who(line, session)), _inert(_words(line)), line.at.astimezone(UTC).isoformat(timespec="seconds")])
    return BYTE_ORDER_MARK + out.getvalue()


def as_markdown(session: ChatSession, *, vault: Vault) -> str:
    title = naming.title_of(session, vault=vault) or _("Chat with %(name)s") % {"name": session.assistant.name}
    parts = [f"# {title}", f"{session.assistant.name} · {session.assistant.code} · {_moment(session.started_at)}"]
    for line in _lines(session, vault):
        parts += [f"## {_who(line, session)} · {_moment(line.at)}", _words(line)]
    if recap := recapping.open_recap(session, vault=vault):
        parts += [f"## {_('Recap')}", recap]
    return "\n\n".join(parts) + "\n"


def _lines(session: ChatSession, vault: Vault) -> Iterator[_Line]:
    for batch in history.batches(session, vault=vault):
        for exchange in batch:
            turn, reply = exchange.turn, exchange.reply
            if turn.text is not None:
                yield _Line(turn.number, None if turn.damaged else turn.text, turn.created_at, None)
            if reply is not None:
                yield _Line(turn.number, None if reply.damaged else reply.text, reply.row.created_at, reply.row)


def _message(line: _Line) -> dict[str, Any]:
    role = "user" if line.reply is None else "assistant"
    message: dict[str, Any] = {"role": role, "turn": line.turn, "text": line.text, "at": line.at.isoformat()}
    if line.text is None:
        message["damaged"] = True
    if (row := line.reply) is not None:
        message |= {"state": row.state, "model": row.model, "variant": row.variant, "liked": row.liked}
    return message


def _who(line: _Line, session: ChatSession) -> str:
    return _("You") if line.reply is None else session.assistant.name


def _words(line: _Line) -> str:
    return _("(damaged: it can’t be opened)") if line.text is None else line.text


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _inert(text: str) -> str:
    """As OWASP advises on CSV injection: what a spreadsheet would take for a formula gets an apostrophe before it."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")) else text
