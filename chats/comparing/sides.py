"""What was answered: of each message the two replies of a pair, and what its maker said of them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from accounts.models import User
from accounts.visit import Visit
from assistants.models import Assistant, Version
from chats import history
from chats.comparing.pairs import Pair
from chats.history import Exchange
from chats.models import Comparison, Reply
from chats.sealing import Vault, vault_of
from gptlab.errors import Missing


@dataclass(frozen=True, slots=True)
class Side:
    version: Version
    session_id: UUID
    exchange: Exchange

    @property
    def row(self) -> Reply:
        assert self.exchange.reply is not None
        return self.exchange.reply.row


@dataclass(frozen=True, slots=True)
class Compared:
    """`sides` are as they are shown: left, right."""

    row: Comparison
    sides: tuple[Side, Side]

    @property
    def is_live(self) -> bool:
        return any(side.row.is_live for side in self.sides)

    @property
    def can_be_marked(self) -> bool:
        """Both have said something, and are done."""
        return all(not side.row.is_live and side.row.sealed_text for side in self.sides)

    @property
    def hides_names(self) -> bool:
        return self.row.is_blind and not self.row.verdict

    @property
    def better(self) -> UUID | None:
        """The session of the better one, once it is marked and not equal."""
        marks = {"first": self.row.first_session_id, "second": self.row.second_session_id}
        return marks.get(self.row.verdict)


def compared(*, pair: Pair, visit: Visit, messages: Collection[UUID]) -> dict[UUID, Compared]:
    """By message, as far as these were said to both and the replies are still there."""
    order = pair.in_order
    if order is None:
        return {}
    rows = Comparison.objects.filter(first=order[0], second=order[1], message__in=messages)
    return {found.row.message_id: found for found in _opened(rows, visit=visit, left=pair.left) if found.row.message_id}


def by_side(*, user: User, visit: Visit, assistant: Assistant, session_id: UUID) -> Compared:
    """The comparison that a chat is one side of. Raises Missing."""
    rows = Comparison.objects.of(assistant).filter(Q(first_session=session_id) | Q(second_session=session_id))
    found = _opened(rows.filter(first_session__user=user), visit=visit, left=None)
    if not found:
        raise Missing
    return found[0]


def _opened(rows: Iterable[Comparison], *, visit: Visit, left: Version | None) -> list[Compared]:
    """`left` stands there unless the sides are blind: then chance has decided."""
    vault = vault_of(visit)
    found = list(rows)
    sessions = [pk for row in found for pk in (row.first_session_id, row.second_session_id)]
    replies = Reply.objects.filter(session__in=sessions, turn__number=0, chosen=True)
    replies = replies.select_related("turn", "session__assistant", "session__version")
    hidden = replies.defer("session__version__initial_prompt", "session__version__summary_prompt")
    sides = {reply.session_id: _side(reply, vault) for reply in hidden}
    shown = []
    for row in found:
        first, second = (sides.get(pk) if pk else None for pk in (row.first_session_id, row.second_session_id))
        if first is not None and second is not None:
            is_turned = row.is_turned if row.is_blind or left is None else left.pk == row.second_id
            shown.append(Compared(row, (second, first) if is_turned else (first, second)))
    return shown


def _side(reply: Reply, vault: Vault) -> Side:
    session = reply.session
    exchange = Exchange(
        turn=history.open_turn(reply.turn, vault=vault), reply=history.open_reply(reply, turn=reply.turn, vault=vault)
    )
    return Side(session.version, session.pk, exchange)
