"""What one entry of a live reply says, and how it is sealed: AES-256-GCM under a key that only the visitor's data key derives."""

from dataclasses import dataclass
from uuid import UUID

import orjson

from gptlab import crypto
from gptlab.event_log import START, Position

BEGUN = "thinking"  # the status that says that the upstream has answered, and so that the visitor pays

__all__ = ["BEGUN", "START", "Entry", "Position", "log_key", "open_entry", "seal_entry", "sealing_key"]


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    """One window's news of a reply.

    `text` is all that arrived, raw. Where `tail` is given, it is inside `blocks` and `tail` already; where it is None, `shown`
    belongs at the cursor: the same text, without what no page may show.
    """

    text: str = ""
    shown: str = ""
    blocks: str = ""  # HTML of the blocks that closed
    tail: str | None = None  # HTML of the open rest, with the cursor's placeholder
    status: str = ""  # a code: "thinking", "writing"
    final: bool = False  # nothing follows: the database has the reply as it ended
    replaced: bool = False  # all that came before is taken back: this stands in its place
    flagged: bool = False  # the provider's moderation found something in the message: the database has what


def log_key(reply_id: UUID) -> str:
    return f"live:{reply_id.hex}"


def sealing_key(data_key: bytes, reply_id: UUID) -> bytes:
    return crypto.derive(data_key, crypto.context("live reply", reply_id))


def seal_entry(entry: Entry, *, key: bytes, position: Position) -> bytes:
    fields = [entry.text, entry.shown, entry.blocks, entry.tail, entry.status, entry.final, entry.replaced, entry.flagged]
    return crypto.seal(key, orjson.dumps(fields), associated=str(position).encode())


def open_entry(sealed: bytes, *, key: bytes, position: Position) -> Entry:
    """Raises crypto.Damaged."""
    return Entry(*orjson.loads(crypto.unseal(key, sealed, associated=str(position).encode())))
