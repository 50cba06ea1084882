"""A second chat that begins as the first did, up to some turn."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.visit import Visit
from assistants.models import AssistantDay
from chats import condensing, history
from chats.conversation.lookup import owned_session, parsed_or_none
from chats.conversation.pending import busy
from chats.errors import NothingToFork
from chats.models import ChatSession, Reply, Turn
from chats.naming import copied_title
from chats.sealing import Vault, vault_of
from gptlab import rate_limits
from gptlab.errors import Missing

TRIES = 3


def fork(
    *, user: User, visit: Visit, session_id: UUID, turn: int, with_reply: bool, client_id: str, now: datetime
) -> ChatSession:
    """The new session: what counts up to turn `turn`, numbered anew, each with its chosen reply; of the last one only if
    `with_reply`. Keys belong to places, so every text is opened and sealed again; what does not open stays damaged.

    Raises Missing, Invalid, Busy, NothingToFork, Limited.
    """
    form_id = parsed_or_none(client_id)
    session = owned_session(user=user, session_id=session_id)
    if (again := _forked_before(user, form_id)) is not None:
        return again
    if session.is_trial:
        raise NothingToFork(_("A trial of a draft is not kept, and so has no forks."))
    if not session.turns.current().filter(number=turn).exists():
        raise NothingToFork(_("There is no such message in this chat any more. Reload the page to see where it stands."))
    if with_reply and session.replies.live().filter(turn__number=turn).exists():
        raise busy()
    rate_limits.hit("start", key=str(user.pk), limit=settings.START_LIMIT)
    try:
        return _forked(session, visit=visit, turn=turn, with_reply=with_reply, client_id=form_id, now=now)
    except IntegrityError:
        if (again := _forked_before(user, form_id)) is not None:
            return again
        raise


def _forked(
    session: ChatSession, *, visit: Visit, turn: int, with_reply: bool, client_id: UUID | None, now: datetime
) -> ChatSession:
    """Opens and seals before the transaction, which holds the lock of the database: a long chat takes seconds. If the chat was
    changed meanwhile, once more.
    """
    vault = vault_of(visit)
    for _attempt in range(TRIES):
        seen = _rows(session, turn)
        copy = _copy_of(session, vault=vault, client_id=client_id, now=now)
        copying = _Copying(session, copy, vault=vault)
        copying.read(turn, with_reply=with_reply)
        with transaction.atomic():
            if not ChatSession.objects.select_for_update().filter(pk=session.pk).exists():
                raise Missing
            if copying.exchanges and _rows(session, turn) == seen:
                copying.save()
                AssistantDay.count(assistant_id=session.assistant_id, day=now.date(), sessions=1)
                return copy
    raise busy()


def _rows(session: ChatSession, last: int) -> list[tuple[int, UUID | None]]:
    """The turns that count up to this one, with their chosen replies."""
    turns = session.turns.current().filter(number__lte=last)
    chosen = Reply.objects.filter(turn=OuterRef("pk"), chosen=True).values("pk")[:1]
    return list(turns.order_by("number").annotate(chosen_reply=Subquery(chosen)).values_list("pk", "chosen_reply"))


def _forked_before(user: User, client_id: UUID | None) -> ChatSession | None:
    return ChatSession.objects.owned_by(user).filter(client_id=client_id).first() if client_id else None


def _copy_of(session: ChatSession, *, vault: Vault, client_id: UUID | None, now: datetime) -> ChatSession:
    copy = ChatSession(
        user_id=session.user_id,
        assistant_id=session.assistant_id,
        version_id=session.version_id,
        model_override=session.model_override,
        client_id=client_id,
        forked_from_id=session.pk,
        started_at=now,
        last_turn_at=now,
        title_asked_at=session.title_asked_at,
    )
    copy.sealed_title = copied_title(session, copy, vault=vault)
    return copy


class _Copying:
    """Turns and replies of one session, sealed for their places in another."""

    def __init__(self, session: ChatSession, copy: ChatSession, *, vault: Vault) -> None:
        self._session, self._copy, self._vault = session, copy, vault
        self.exchanges: list[history.Exchange] = []

    def read(self, last: int, *, with_reply: bool) -> None:
        for batch in history.batches(self._session, vault=self._vault, up_to=last):
            self.exchanges += [each if self._is_taken(each, last, with_reply) else replace(each, reply=None) for each in batch]
        self._turns = [self._turn(found, number) for number, found in enumerate(self.exchanges)]
        pairs = zip(self.exchanges, self._turns, strict=True)
        self._replies = [self._reply(found.reply, turn) for found, turn in pairs if found.reply is not None]
        self._copy.turn_count = len(self._turns)
        is_whole = with_reply and not self._session.turns.filter(number__gt=last).exists()
        if self.exchanges:
            self._memory = condensing.copied(self._session, self._copy, self.exchanges, is_whole=is_whole, vault=self._vault)

    def save(self) -> None:
        self._copy.save(force_insert=True)
        Turn.objects.bulk_create(self._turns)
        Reply.objects.bulk_create(self._replies)
        self._memory.save()

    def _is_taken(self, found: history.Exchange, last: int, with_reply: bool) -> bool:
        """With its reply."""
        return found.reply is not None and (with_reply or found.turn.number != last) and not found.reply.row.is_live

    def _turn(self, found: history.Exchange, number: int) -> Turn:
        old, sealed = found.turn, None
        if old.damaged:
            sealed = ""  # opens nowhere: it stays damaged
        elif old.text is not None:
            sealed = self._vault.seal_turn(old.text, session_id=self._copy.pk, turn=number)
        flags = ""
        if old.flags is not None:
            flags = self._vault.seal_flags("\n".join(old.flags), session_id=self._copy.pk, turn=number)
        place = {"session": self._copy, "number": number, "created_at": old.created_at}
        return Turn(sealed_text=sealed, sealed_flags=flags, **place)

    def _reply(self, found: history.OpenedReply, turn: Turn) -> Reply:
        old, sealed = found.row, found.row.sealed_text
        if found.text and not found.damaged:
            sealed = self._vault.seal_reply(found.text, session_id=self._copy.pk, turn=turn.number, variant=1)
        kept = {field: getattr(old, field) for field in _KEPT}
        return Reply(session=self._copy, turn=turn, variant=1, sealed_text=sealed, **kept)


_KEPT = (
    "state", "model", "endpoint", "tokens_in", "tokens_out", "tokens_estimated", "error_code", "too_long_size", "too_long_most",
    "guard", "liked", "sent_at", "created_at", "started_at", "first_byte_at", "ended_at",
)  # fmt: skip
