"""The visitor's next turn, or the last one in other words; once, however often its form is sent."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.visit import Visit
from chats import condensing, memory
from chats.conversation.lookup import current_turn, owned_session, parsed
from chats.conversation.pending import busy, model_for, new_reply, over, paid_by, require_chat
from chats.conversation.wording import fit_message
from chats.errors import Busy, ClientIdReused, NothingToEdit
from chats.models import ChatSession, Reply, Turn
from chats.sealing import vault_of
from gptlab import crypto, rate_limits


@dataclass(frozen=True, slots=True)
class Said:
    """A turn and the reply that it is waiting for. `is_new` is False when the same form came again."""

    turn: Turn
    reply: Reply
    is_new: bool


def say(*, user: User, visit: Visit, session_id: UUID, text: str, client_id: str, now: datetime) -> Said:
    """The visitor's next turn. Raises Missing, Invalid, Busy, SessionOver, ClientIdReused, CannotChat, Limited, Unavailable."""
    session = owned_session(user=user, session_id=session_id)
    form = _Form(session, visit=visit, text=text, client_id=client_id)
    return form.send(edited=None, now=now)


def edit(*, user: User, visit: Visit, session_id: UUID, turn: int, text: str, client_id: str, now: datetime) -> Said:
    """The last message in other words: a turn of its own that supersedes turn `turn`, which is kept.

    Raises what `say` does, and NothingToEdit.
    """
    session = owned_session(user=user, session_id=session_id)
    form = _Form(session, visit=visit, text=text, client_id=client_id)
    return form.send(edited=turn, now=now)


class _Form:
    """A message as it was sent, with the id that its form had."""

    def __init__(self, session: ChatSession, *, visit: Visit, text: str, client_id: str) -> None:
        self._client_id = parsed(client_id)
        self._text = fit_message(text)
        self._session = session
        self._visit = visit
        self._vault = vault_of(visit)

    def send(self, *, edited: int | None, now: datetime) -> Said:
        if (again := self._sent_before()) is not None:
            return again
        require_chat(self._visit)
        if not self._session.is_open:
            raise over()
        model = model_for(self._session, self._visit)
        memory.require_room(self._session, self._text, provider=self._visit.provider, model=model)
        rate_limits.hit("say", key=str(self._visit.user_id), limit=settings.MESSAGE_LIMIT)
        try:
            with paid_by(self._visit) as reply_id, transaction.atomic():
                return self._add_turn(reply_id, edited=edited, now=now)
        except (Busy, IntegrityError):
            # Two at once: the same form twice, or a second tab. Lock and constraints let one through; this is the other.
            if (again := self._sent_before()) is not None:
                return again
            raise busy() from None

    def _add_turn(self, reply_id: UUID, *, edited: int | None, now: datetime) -> Said:
        """The constraints refuse a second live reply and a form that was sent before: no need to ask first."""
        session = self._session
        rows = ChatSession.objects.select_for_update().values_list("turn_count", "status")
        number, status = rows.get(pk=session.pk)
        if status == ChatSession.Status.COMPLETED:
            raise over()
        if edited is not None:
            _supersede(session, number=edited)
        sealed = self._vault.seal_turn(self._text, session_id=session.pk, turn=number)
        turn = Turn.objects.create(session=session, number=number, client_id=self._client_id, sealed_text=sealed, created_at=now)
        reply = new_reply(reply_id, turn=turn, session=session, visit=self._visit, now=now)
        ChatSession.objects.filter(pk=session.pk).update(
            turn_count=F("turn_count") + 1, last_turn_at=now, status=ChatSession.Status.STARTED
        )
        return Said(turn=turn, reply=reply, is_new=True)

    def _sent_before(self) -> Said | None:
        turn = self._session.turns.filter(client_id=self._client_id).first()
        if turn is None:
            return None
        if self._opened(turn) != self._text:
            raise ClientIdReused(_("This form was sent before with other words. Reload the page; your text stays in the field."))
        return Said(turn=turn, reply=turn.replies.get(chosen=True), is_new=False)

    def _opened(self, turn: Turn) -> str | None:
        try:
            return turn.sealed_text and self._vault.open_turn(turn.sealed_text, session_id=turn.session_id, turn=turn.number)
        except crypto.Damaged:
            return None


def _supersede(session: ChatSession, *, number: int) -> None:
    """Under the session's lock. Its reply may be live still: then the new one's constraint refuses."""
    turn = current_turn(session)
    if turn.number != number or turn.sealed_text is None:
        raise NothingToEdit(_("Only your last message can be edited. Fork the chat there to try another way."))
    Turn.objects.filter(pk=turn.pk).update(superseded=True)
    condensing.forget_from(session, turn=number)
