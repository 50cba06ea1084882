"""What a fork takes along of a session's memory: the notes on the turns that both begin with, and how full it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from chats.condensing.notes import notes_of
from chats.context import BYTES_PER_TOKEN
from chats.history import Exchange, said_in
from chats.models import ChatSession, Digest, Memory
from chats.sealing import Vault

_KEPT_OF_NOTES = ("active", "edited", "tokens_before", "tokens_after", "model", "created_at")


@dataclass(frozen=True, slots=True)
class Copied:
    """Rows that are not saved yet."""

    notes: Digest | None
    memory: Memory | None

    def save(self) -> None:
        for row in (self.notes, self.memory):
            if row is not None:
                row.save(force_insert=True)


def copied(session: ChatSession, copy: ChatSession, exchanges: Sequence[Exchange], *, is_whole: bool, vault: Vault) -> Copied:
    """For `copy`, which begins with these exchanges of the session, numbered anew from 0. Notes that cover the last one are
    not for it: they may know what was said later.
    """
    memory = Memory.objects.filter(session=session).first()
    if memory is None:
        return Copied(None, None)
    notes = _notes(session, copy, exchanges, vault=vault)
    return Copied(notes, _memory(memory, notes, copy, exchanges, is_whole=is_whole))


def _notes(session: ChatSession, copy: ChatSession, exchanges: Sequence[Exchange], *, vault: Vault) -> Digest | None:
    notes = notes_of(session, vault=vault)
    if notes is None or not notes.text or notes.row.covers_to >= exchanges[-1].turn.number:
        return None
    covers_to = _count_before(exchanges, notes.row.covers_to + 1) - 1
    kept = {field: getattr(notes.row, field) for field in _KEPT_OF_NOTES}
    digest = Digest(id=uuid4(), session=copy, covers_to=covers_to, **kept)
    digest.sealed_summary = vault.seal_digest(notes.text, session_id=copy.pk, digest_id=digest.pk)
    return digest


def _memory(memory: Memory, notes: Digest | None, copy: ChatSession, exchanges: Sequence[Exchange], *, is_whole: bool) -> Memory:
    """Of a part of the chat it is an estimate: pages can't count, and the next reply's worker does."""
    last = exchanges[-1].turn.number
    tokens, since = memory.tokens, memory.since
    if not is_whole:
        seen = exchanges[notes.covers_to + 1 :] if notes is not None and notes.active else exchanges
        size = sum(len(message.text.encode("utf-8", "surrogatepass")) for each in seen for message in said_in(each))
        tokens = memory.prompt_tokens + (notes.tokens_after if notes and notes.active else 0) + size // BYTES_PER_TOKEN
        since = None if notes is None else since  # unknown until the next reply
    renumbered = last - (len(exchanges) - 1)
    return Memory(
        session=copy,
        tokens=min(memory.budget, tokens),
        prompt_tokens=memory.prompt_tokens,
        budget=memory.budget,
        since=None if since is None or since > last else _count_before(exchanges, since),
        begins=memory.begins,
        quiet_until=max(0, memory.quiet_until - renumbered),
    )


def _count_before(exchanges: Sequence[Exchange], number: int) -> int:
    return sum(each.turn.number < number for each in exchanges)
