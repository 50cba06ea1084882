"""The web's end: replay a reply's log after a position, then follow it."""

from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from uuid import UUID

from chats.live.entries import BEGUN, START, Entry, log_key, open_entry, sealing_key
from chats.live.writer import CLOSED
from gptlab import crypto, event_log
from gptlab.event_log import Position


async def follow(
    reply_id: UUID, *, data_key: bytes, after: Position | None, idle: float
) -> AsyncGenerator[tuple[Position, list[Entry]], None]:
    """Batches of entries with the position of their last one. An empty batch after `idle` seconds without news.

    Ends after the final entry. What doesn't open is passed over: at the end the database has the truth.
    """
    key = sealing_key(data_key, reply_id)
    position = after or START
    async with aclosing(event_log.shared_reader().follow(log_key(reply_id), after=position, idle=idle)) as batches:
        async for raw in batches:
            entries = _opened(raw, key)
            position = raw[-1].position if raw else position
            yield position, entries
            if entries and entries[-1].final:
                return


def _opened(raw: Iterable[event_log.Entry], key: bytes) -> list[Entry]:
    """Entries up to the final one."""
    opened: list[Entry] = []
    for item in raw:
        try:
            entry = Entry(final=True) if item.data == CLOSED else open_entry(item.data, key=key, position=item.position)
        except crypto.Damaged:
            continue
        opened.append(entry)
        if entry.final:
            break
    return opened


def arrived(reply_id: UUID, *, data_key: bytes, fence: int) -> tuple[bool, str]:
    """Whether the upstream had answered the writer with this fence, and all text that this one appended.

    For who must end its reply. (False, "") when the log is gone.
    """
    key = sealing_key(data_key, reply_id)
    entries = _opened((item for item in event_log.read_now(log_key(reply_id)) if item.position.fence == fence), key)
    text = ""
    for entry in entries:
        text = entry.text if entry.replaced else text + entry.text
    return bool(text) or any(entry.status == BEGUN for entry in entries), text
