"""A session's notes as its visitor handles them: reads, edits, sets them aside for the full turns, takes them up again."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from chats.condensing.jobs import PAUSE_AFTER_UNDOING
from chats.context import BYTES_PER_TOKEN
from chats.errors import NothingCondensed, UnfitMessage
from chats.models import ChatSession, Digest, Memory
from chats.sealing import Vault
from gptlab import crypto

MOST_PART = 4  # notes may take a quarter of the room: the rest is for what is said
MOST_BYTES = 16 * 1024


@dataclass(frozen=True, slots=True, repr=False)
class Notes:
    """`text` is empty where it does not open: the model then sees the full turns."""

    row: Digest
    text: str


def notes_of(session: ChatSession, *, vault: Vault) -> Notes | None:
    digest = Digest.objects.filter(session=session).first()
    return Notes(digest, opened(digest, vault=vault)) if digest is not None else None


def notes_before(session: ChatSession, *, turn: int, vault: Vault) -> tuple[str, int]:
    """What the model is told in place of turns before turn `turn`, and the number of the last of these; ("", -1) for nothing."""
    digest = Digest.objects.filter(session=session, active=True, covers_to__lt=turn).first()
    text = opened(digest, vault=vault) if digest is not None else ""
    return (text, digest.covers_to) if digest is not None and text else ("", -1)


def opened(digest: Digest, *, vault: Vault) -> str:
    try:
        return vault.open_digest(digest.sealed_summary, session_id=digest.session_id, digest_id=digest.pk)
    except crypto.Damaged:
        return ""


def edit(session: ChatSession, *, vault: Vault, digest_id: str, text: str) -> None:
    """The notes in the visitor's words; whatever is being condensed meanwhile then comes too late.

    Raises UnfitMessage, and NothingCondensed if those that the visitor had before them are not the ones any more.
    """
    text = text.replace("\r\n", "\n").strip()
    if not any(character.isalnum() for character in text):
        raise UnfitMessage(_("Notes need a word. To do without them, use the full turns again."), field="notes")
    with transaction.atomic():
        digest = _locked(session)
        if str(digest.pk) != digest_id:
            raise NothingCondensed(
                _("There are newer notes by now. Yours are still in the field: copy them and reload the page.")
            )
        memory = Memory.objects.filter(session=session).first()
        tokens = _estimate(digest, opened(digest, vault=vault), text)
        if len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES or (memory and tokens * MOST_PART > memory.budget):
            raise UnfitMessage(_("The notes are too long to leave room for the chat. Shorten them."), field="notes")
        sealed = vault.seal_digest(text, session_id=session.pk, digest_id=digest.pk)
        _fill(session, tokens - digest.tokens_after if digest.active else 0)
        Digest.objects.filter(pk=digest.pk).update(sealed_summary=sealed, edited=True, tokens_after=tokens)


def set_aside(session: ChatSession) -> None:
    """The model sees the full turns again, as many as fit; they are not condensed again for a while."""
    with transaction.atomic():
        digest = _locked(session)
        if Digest.objects.filter(pk=digest.pk, active=True).update(active=False):
            _fill(session, digest.tokens_before - digest.tokens_after)
            quiet_until = session.turn_count - 1 + PAUSE_AFTER_UNDOING
            Memory.objects.filter(session=session).update(since=None, quiet_until=quiet_until)


def take_up(session: ChatSession) -> None:
    with transaction.atomic():
        digest = _locked(session)
        if Digest.objects.filter(pk=digest.pk, active=False).update(active=True, doubts={}):
            _fill(session, digest.tokens_after - digest.tokens_before)
            Memory.objects.filter(session=session).update(since=None)


def forget_from(session: ChatSession, *, turn: int) -> None:
    """For whoever changes what counts at turn `turn` or after it: notes that cover it are gone, and the full turns are used.

    What fits is unknown until the next reply; then they are made anew. Call it in the transaction of the change. Notes that are
    being made just then are not adopted: adopting compares.
    """
    if Digest.objects.filter(session=session, covers_to__gte=turn).delete()[0]:
        Memory.objects.filter(session=session).update(since=None, quiet_until=session.turn_count)


def doubt(session: ChatSession, *, turn: int, was: UUID | None, chosen: UUID) -> None:
    """For whoever chooses the reply `chosen` to turn `turn` in place of `was`. Notes that cover the turn are set aside, and made
    anew after the next reply; those in the visitor's words not for a while. Once all replies are those again that the notes were
    made of, they are taken up: looking through the versions is no reason to lose them. Call it as `forget_from`.
    """
    digest = Digest.objects.select_for_update().filter(session=session, covers_to__gte=turn).first()
    if digest is None or not (digest.active or digest.doubts):  # set aside by the visitor: it stays so
        return
    doubts = {str(turn): str(was), **digest.doubts}
    if doubts[str(turn)] == str(chosen):
        del doubts[str(turn)]
    if digest.active:
        set_aside(session)
    if not doubts:
        take_up(session)
    if not doubts or not digest.edited:
        Memory.objects.filter(session=session).update(quiet_until=session.turn_count)
    Digest.objects.filter(pk=digest.pk).update(doubts=doubts)


def _locked(session: ChatSession) -> Digest:
    digest = Digest.objects.select_for_update().filter(session=session).first()
    if digest is None:
        raise NothingCondensed(_("There are no notes in this chat any more. Reload the page to see where it stands."))
    return digest


def _estimate(digest: Digest, before: str, after: str) -> int:
    """In proportion: pages can't count, and the next reply's worker does."""
    old, new = (len(text.encode("utf-8", "surrogatepass")) for text in (before, after))
    return max(1, round(digest.tokens_after * new / old) if old else new // BYTES_PER_TOKEN)


def _fill(session: ChatSession, tokens: int) -> None:
    """So much more, or less, is in the memory. It may run over: then the oldest is left out. The next reply weighs it anew."""
    Memory.objects.filter(session=session).update(tokens=Greatest(F("prompt_tokens"), F("tokens") + tokens))
