"""Notes take the place of turns: in one transaction, and only if all that they were made from is still as it was."""

from datetime import datetime
from uuid import uuid4

from django.db import IntegrityError, transaction

from chats.condensing.jobs import PAUSE_AFTER_SUCCESS
from chats.condensing.reading import Source, rows_of
from chats.models import ChatSession, Digest, Memory
from chats.sealing import Vault


def adopt(
    session: ChatSession, source: Source, notes: str, *, vault: Vault, covers_to: int, tokens: int, model: str, now: datetime
) -> bool:
    """False, and nothing is changed, if somebody else was first, or the visitor has edited notes or turns, or deleted all."""
    digest = Digest(
        id=uuid4(),
        session=session,
        covers_to=covers_to,
        tokens_before=source.dropped_tokens + (source.digest.tokens_after if source.notes and source.digest else 0),
        tokens_after=tokens,
        model=model,
        created_at=now,
    )
    digest.sealed_summary = vault.seal_digest(notes, session_id=session.pk, digest_id=digest.pk)
    with transaction.atomic():
        locked = ChatSession.objects.select_for_update().filter(pk=session.pk).first()  # None: deleted meanwhile
        if locked is None or not _is_unchanged(session, source) or not _is_first(digest):
            transaction.set_rollback(True)
            return False
        _remember(session, source, digest, turn_count=locked.turn_count)
    return True


def _is_unchanged(session: ChatSession, source: Source) -> bool:
    return _replaced(source) and rows_of(session, after=source.after, up_to=source.up_to) == source.rows


def _is_first(digest: Digest) -> bool:
    """And then it is stored. One digest for each session: otherwise another one has been adopted since."""
    try:
        with transaction.atomic():
            digest.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def _replaced(source: Source) -> bool:
    """The digest before goes, if it is the very one that was read."""
    before = source.digest
    if before is None:
        return True
    unchanged = Digest.objects.filter(pk=before.pk, active=before.active, sealed_summary=before.sealed_summary)
    return bool(unchanged.delete()[0])


def _remember(session: ChatSession, source: Source, digest: Digest, *, turn_count: int) -> None:
    memory = Memory.objects.get(session=session)
    dropped_later = 0 if digest.covers_to == source.up_to else source.dropped_tokens
    tokens = min(memory.budget, memory.prompt_tokens + digest.tokens_after + source.kept_tokens + dropped_later)
    Memory.objects.filter(session=session).update(
        tokens=tokens, since=digest.covers_to + 1, failures=0, quiet_until=turn_count - 1 + PAUSE_AFTER_SUCCESS
    )
