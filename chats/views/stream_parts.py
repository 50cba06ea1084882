"""What goes over a live reply's stream, as text: pure, no database and no log."""

from uuid import UUID

from chats import live
from gptlab import sse
from gptlab.markdown import CURSOR


def blank(reply_id: UUID) -> str:
    """A replay from the start begins on an empty bubble, whatever was there."""
    prefix = f"reply-{reply_id}"
    return sse.partial(f"{prefix}-blocks", "innerHTML", "") + sse.partial(f"{prefix}-tail", "innerHTML", cursor(reply_id))


def news(reply_id: UUID, entries: list[live.Entry], words: dict[str, str]) -> str:
    """A batch as one message: closed blocks, the newest tail with the text after it. Tails that it replaced are left out.

    htmx finds the targets of all parts before it swaps any, so that text after a new tail must come inside the tail's cursor.
    """
    prefix = f"reply-{reply_id}"
    blocks, tail, text, status, swap = "", None, "", "", "beforeend"
    for entry in entries:
        if entry.replaced:
            blocks, tail, text, swap = "", CURSOR, "", "innerHTML"
        blocks += entry.blocks
        if entry.tail is not None:
            tail, text = entry.tail, ""
        else:
            text += entry.shown
        status = entry.status or status
    parts = []
    if blocks or swap == "innerHTML":
        parts.append(sse.partial(f"{prefix}-blocks", swap, blocks))
    if tail is not None:
        parts.append(sse.partial(f"{prefix}-tail", "innerHTML", tail.replace(CURSOR, cursor(reply_id, text))))
    elif text:
        parts.append(sse.partial(f"{prefix}-cursor", "beforeend", sse.text(text)))
    if status:
        parts.append(sse.partial(f"{prefix}-status-text", "innerHTML", sse.text(words.get(status, ""))))
    return "".join(parts)


def cursor(reply_id: UUID, text: str = "") -> str:
    return f'<span class="cursor" id="reply-{reply_id}-cursor">{sse.text(text)}</span>'
