"""What of a session would be condensed now: the notes so far, the turns that fall out, and the last ones, which stay."""

from collections.abc import Callable
from dataclasses import dataclass

from chats import history
from chats.condensing.notes import opened
from chats.condensing.summarising import MOST_PARTS, Turn
from chats.models import ChatSession, Digest, Reply
from chats.models import Turn as TurnRow
from chats.sealing import Vault
from gptlab.llm.messages import Message

KEPT_MESSAGES = 4
WORTH_PART = 10  # what falls out must be at least a tenth of the budget: otherwise little is won

Rows = tuple[list[int], list[object]]


@dataclass(frozen=True, slots=True, repr=False)
class Source:
    """`digest` is the one that is there, `notes` what it says unless it was set aside or does not open."""

    digest: Digest | None
    notes: str
    after: int  # the notes cover the turns up to this one
    up_to: int  # the number of the last turn before the ones that stay
    rows: Rows  # what was there between the two
    dropped: list[Turn]
    dropped_tokens: int
    kept_tokens: int


def read(session: ChatSession, *, vault: Vault, budget: int, count: Callable[[Message], int]) -> Source | None:
    """None where there is nothing to drop."""
    digest = Digest.objects.filter(session=session).first()
    notes = opened(digest, vault=vault) if digest is not None and digest.active else ""
    after = digest.covers_to if digest is not None and notes else -1
    kept, since = _kept(session, vault=vault, after=after)
    rows = rows_of(session, after=after, up_to=since - 1)
    dropped: list[Turn] = []
    tokens = 0
    for batch in history.batches(session, vault=vault, up_to=since - 1, after=after):
        for exchange in batch:
            if said := history.said_in(exchange):
                dropped.append((exchange.turn.number, said))
                tokens += sum(count(message) for message in said)
        if tokens > MOST_PARTS * budget:
            break  # a chat that was never condensed: the rest comes another time
    if not dropped:
        return None
    kept_tokens = sum(count(message) for message in kept)
    return Source(digest, notes, after, since - 1, rows, dropped, tokens, kept_tokens)


def rows_of(session: ChatSession, *, after: int, up_to: int) -> Rows:
    """Names of all that counts in these turns: an edit, another chosen reply, and it is not the same any more."""
    turns = TurnRow.objects.current().filter(session=session, number__gt=after, number__lte=up_to).order_by("number")
    replies = Reply.objects.filter(turn__in=turns, chosen=True).order_by("turn__number")
    return list(turns.values_list("pk", flat=True)), list(replies.values_list("pk", flat=True))


def _kept(session: ChatSession, *, vault: Vault, after: int) -> tuple[list[Message], int]:
    """The last four messages, with what a live reply's turn has beside them; and the number of their first turn."""
    live = session.replies.live().values_list("turn__number", flat=True).first()
    kept: list[Message] = []
    ended, since = 0, session.turn_count
    for number, message in history.said_newest_first(session, vault=vault, up_to=session.turn_count, after=after):
        if ended >= KEPT_MESSAGES and number != since:
            break
        kept.append(message)
        ended += number != live
        since = number
    return kept, since
