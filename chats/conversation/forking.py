"""A second chat that begins as the first did, up to some turn."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.visit import Visit
from assistants.models import AssistantDay
from chats import history
from chats.conversation.lookup import owned_session, parsed_or_none
from chats.conversation.pending import busy
from chats.errors import NothingToFork
from chats.models import ChatSession, Reply, Turn
from chats.naming import copied_title
from chats.sealing import Vault
from gptlab import rate_limits


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
    if not session.turns.current().filter(number=turn).exists():
        raise NothingToFork(_("There is no such message in this chat any more. Reload the page to see where it stands."))
    if with_reply and session.replies.live().filter(turn__number=turn).exists():
        raise busy()
    rate_limits.hit("start", key=str(user.pk), limit="30/minute")
    vault = Vault(user_id=user.pk, data_key=visit.data_key)
    try:
        with transaction.atomic():
            copy = _copy_of(session, vault=vault, client_id=form_id, now=now)
            _Copying(session, copy, vault=vault).up_to(turn, with_reply=with_reply)
            AssistantDay.count(assistant_id=session.assistant_id, day=now.date(), sessions=1)
    except IntegrityError:
        if (again := _forked_before(user, form_id)) is not None:
            return again
        raise
    return copy


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
    copy.save(force_insert=True)
    return copy


class _Copying:
    """Turns and replies of one session, sealed for their places in another."""

    def __init__(self, session: ChatSession, copy: ChatSession, *, vault: Vault) -> None:
        self._session, self._copy, self._vault = session, copy, vault

    def up_to(self, last: int, *, with_reply: bool) -> None:
        count = 0
        for batch in history.batches(self._session, vault=self._vault, up_to=last):
            turns = Turn.objects.bulk_create([self._turn(found, count + i) for i, found in enumerate(batch)])
            replies = [
                self._reply(found, turn)
                for found, turn in zip(batch, turns, strict=True)
                if found.reply is not None and (with_reply or found.turn.number != last) and not found.reply.row.is_live
            ]
            Reply.objects.bulk_create(replies)
            count += len(batch)
        ChatSession.objects.filter(pk=self._copy.pk).update(turn_count=count)
        self._copy.turn_count = count

    def _turn(self, found: history.Exchange, number: int) -> Turn:
        old, sealed = found.turn, None
        if old.damaged:
            sealed = ""  # opens nowhere: it stays damaged
        elif old.text is not None:
            sealed = self._vault.seal_turn(old.text, session_id=self._copy.pk, turn=number)
        return Turn(session=self._copy, number=number, sealed_text=sealed, created_at=old.created_at)

    def _reply(self, found: history.Exchange, turn: Turn) -> Reply:
        assert found.reply is not None
        old, sealed = found.reply.row, found.reply.row.sealed_text
        if found.reply.text and not found.reply.damaged:
            sealed = self._vault.seal_reply(found.reply.text, session_id=self._copy.pk, turn=turn.number, variant=1)
        kept = {field: getattr(old, field) for field in _KEPT}
        return Reply(session=self._copy, turn=turn, variant=1, sealed_text=sealed, **kept)


_KEPT = (
    "state", "model", "endpoint", "tokens_in", "tokens_out", "tokens_estimated", "error_code", "liked",
    "sent_at", "created_at", "started_at", "first_byte_at", "ended_at",
)  # fmt: skip
