"""A session's turns as its owner reads them: opened, in order, what is damaged marked in its place."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Prefetch, QuerySet

from chats.models import ChatSession, Reply, Turn
from chats.sealing import Vault
from gptlab import crypto
from gptlab.llm.messages import Message, Role

BATCH = 200  # turns
CHUNK = 50  # turns read at a time, newest first

# One page of a chat: what it costs to open, to render and to lay out does not depend on how long the chat is.
TURNS = 30
CHARACTERS = 100_000  # of all texts together: long replies make a shorter page
PAUSE = timedelta(hours=6)  # after a longer silence the day is told again


@dataclass(frozen=True, slots=True, repr=False)
class OpenedTurn:
    number: int
    text: str | None  # None where the assistant opens
    damaged: bool
    created_at: datetime
    flags: tuple[str, ...] | None = None  # the categories that moderation put the text in; None: it found nothing


@dataclass(frozen=True, slots=True, repr=False)
class OpenedReply:
    row: Reply
    text: str
    damaged: bool


@dataclass(frozen=True, slots=True)
class Exchange:
    turn: OpenedTurn
    reply: OpenedReply | None
    after_pause: bool = False  # the first one of a chat, or long after the one before


@dataclass(frozen=True, slots=True)
class Page:
    exchanges: list[Exchange]  # oldest first
    has_older: bool


def exchanges(session: ChatSession, *, vault: Vault) -> list[Exchange]:
    """All turns, oldest first, each with its chosen reply."""
    return [open_exchange(turn, vault=vault) for turn in _turns(session).order_by("number")]


def page(session: ChatSession, *, vault: Vault, before: int | None = None) -> Page:
    """The newest turns below number `before`."""
    turns = _turns(session) if before is None else _turns(session).filter(number__lt=before)
    newest_first = list(turns.order_by("-number")[: TURNS + 1])  # one more, to know what comes before
    opened: list[Exchange] = []
    room = CHARACTERS
    times = [turn.created_at for turn in newest_first]
    for turn, before_it in zip(newest_first[:TURNS], [*times[1:], None], strict=False):
        exchange = replace(open_exchange(turn, vault=vault), after_pause=_is_after_pause(turn.created_at, before_it))
        opened.insert(0, exchange)
        room -= _size(exchange)
        if room <= 0:
            break
    return Page(opened, has_older=len(newest_first) > len(opened))


def latest(turn: Turn, reply: Reply, *, vault: Vault) -> Exchange:
    """One turn with a reply to it, as it follows on the turns before."""
    return Exchange(
        turn=open_turn(turn, vault=vault),
        reply=open_reply(reply, turn=turn, vault=vault),
        after_pause=_is_after_pause(turn.created_at, _time_before(turn)),
    )


def following(session: ChatSession, *, vault: Vault, after: int) -> list[Exchange] | None:
    """The turns above number `after`, oldest first; None if they are more than a page has."""
    turns = list(_turns(session).filter(number__gt=after).order_by("number")[: TURNS + 1])
    if len(turns) > TURNS:
        return None
    times = [_time_before(turns[0]), *(turn.created_at for turn in turns)] if turns else []
    return [
        replace(open_exchange(turn, vault=vault), after_pause=_is_after_pause(turn.created_at, before))
        for turn, before in zip(turns, times, strict=False)
    ]


def said_newest_first(session: ChatSession, *, vault: Vault, up_to: int, after: int = -1) -> Iterator[tuple[int, Message]]:
    """What was said in the turns from `up_to` down to `after` (not included), for a model: each with its turn's number.

    Damaged texts are left out. Reads and opens only what is asked for.
    """
    turns = _turns(session).filter(number__lte=up_to, number__gt=after).order_by("-number")
    for turn in turns.iterator(chunk_size=CHUNK):
        yield from ((turn.number, message) for message in reversed(said_in(open_exchange(turn, vault=vault))))


def said_in(exchange: Exchange) -> list[Message]:
    """The visitor's message, then the reply, as far as there are any and they open."""
    reply = exchange.reply.text if exchange.reply is not None else ""
    said = [Message(Role.USER, exchange.turn.text or ""), Message(Role.ASSISTANT, reply)]
    return [message for message in said if message.text]


def reply_texts(session: ChatSession, *, vault: Vault, before: Reply, most: int) -> list[str]:
    """What was answered so far, every variant, oldest first; without what does not open."""
    rows = Reply.objects.filter(turn__session=session, turn__number__lte=before.turn.number).exclude(pk=before.pk)
    # By number and not by time: an index gives these, however long the chat is.
    newest_first = rows.exclude(sealed_text="").select_related("turn").order_by("-turn__number", "-variant")[:most]
    return [text for row in reversed(newest_first) if (text := open_reply(row, turn=row.turn, vault=vault).text)]


def batches(session: ChatSession, *, vault: Vault, up_to: int | None = None, after: int = -1) -> Iterator[list[Exchange]]:
    """The turns above number `after`, up to number `up_to`, oldest first, so many at a time that memory stays flat."""
    turns = _turns(session) if up_to is None else _turns(session).filter(number__lte=up_to)
    while batch := list(turns.filter(number__gt=after).order_by("number")[:BATCH]):
        yield [open_exchange(turn, vault=vault) for turn in batch]
        after = batch[-1].number


def open_exchange(turn: Turn, *, vault: Vault) -> Exchange:
    chosen: Sequence[Reply] = [reply for reply in turn.replies.all() if reply.chosen]
    return Exchange(turn=open_turn(turn, vault=vault), reply=open_reply(chosen[0], turn=turn, vault=vault) if chosen else None)


def open_turn(turn: Turn, *, vault: Vault) -> OpenedTurn:
    text, damaged = None, False
    if turn.sealed_text is not None:
        try:
            text = vault.open_turn(turn.sealed_text, session_id=turn.session_id, turn=turn.number)
        except crypto.Damaged:
            text, damaged = "", True
    flags = open_flags(turn, vault=vault)
    return OpenedTurn(number=turn.number, text=text, damaged=damaged, created_at=turn.created_at, flags=flags)


def open_flags(turn: Turn, *, vault: Vault) -> tuple[str, ...] | None:
    if not turn.sealed_flags:
        return None
    try:
        opened = vault.open_flags(turn.sealed_flags, session_id=turn.session_id, turn=turn.number)
    except crypto.Damaged:
        return ()
    return tuple(opened.splitlines())


def open_reply(reply: Reply, *, turn: Turn, vault: Vault) -> OpenedReply:
    if not reply.sealed_text:
        return OpenedReply(row=reply, text="", damaged=False)
    try:
        text = vault.open_reply(reply.sealed_text, session_id=turn.session_id, turn=turn.number, variant=reply.variant)
    except crypto.Damaged:
        return OpenedReply(row=reply, text="", damaged=True)
    return OpenedReply(row=reply, text=text, damaged=False)


def _time_before(turn: Turn) -> datetime | None:
    before = Turn.objects.current().filter(session=turn.session_id, number__lt=turn.number).order_by("-number")
    return before.values_list("created_at", flat=True).first()


def _is_after_pause(moment: datetime, before: datetime | None) -> bool:
    return before is None or moment - before > PAUSE


def _size(exchange: Exchange) -> int:
    return len(exchange.turn.text or "") + len(exchange.reply.text if exchange.reply else "")


def _turns(session: ChatSession) -> "QuerySet[Turn]":
    chosen = Reply.objects.filter(chosen=True)
    return session.turns.current().prefetch_related(Prefetch("replies", queryset=chosen))
