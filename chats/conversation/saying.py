"""The visitor's next turn, once, however often its form is sent."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.visit import Visit
from chats.conversation.lookup import owned_session, parsed
from chats.conversation.pending import busy, new_reply, over, paid_by, require_chat
from chats.conversation.wording import fit_message
from chats.errors import Busy, ClientIdReused
from chats.models import ChatSession, Reply, Turn
from chats.sealing import Vault
from gptlab import rate_limits


@dataclass(frozen=True, slots=True)
class Said:
    """A turn and the reply that it is waiting for. `is_new` is False when the same form came again."""

    turn: Turn
    reply: Reply
    is_new: bool


def say(*, user: User, visit: Visit, session_id: UUID, text: str, client_id: str, now: datetime) -> Said:
    """The visitor's next turn. Raises Missing, Invalid, Busy, SessionOver, ClientIdReused, CannotChat, Limited, Unavailable."""
    form_id = parsed(client_id)
    session = owned_session(user=user, session_id=session_id)
    vault = Vault(user_id=user.pk, data_key=visit.data_key)
    text = fit_message(text)
    if (again := _said_before(session, vault=vault, client_id=form_id, text=text)) is not None:
        return again
    require_chat(visit)
    if not session.is_open:
        raise over()
    rate_limits.hit("say", key=str(user.pk), limit="60/minute")
    try:
        with paid_by(visit) as reply_id, transaction.atomic():
            return _add_turn(session, reply_id, vault=vault, visit=visit, client_id=form_id, text=text, now=now)
    except (Busy, IntegrityError):
        # Two at once: the same form twice, or a second tab. Lock and constraints let one through; this is the other.
        if (again := _said_before(session, vault=vault, client_id=form_id, text=text)) is not None:
            return again
        raise busy() from None


def _add_turn(
    session: ChatSession, reply_id: UUID, *, vault: Vault, visit: Visit, client_id: UUID, text: str, now: datetime
) -> Said:
    """The constraints refuse a second live reply and a form that was sent before: no need to ask first."""
    rows = ChatSession.objects.select_for_update().values_list("turn_count", "status")
    number, status = rows.get(pk=session.pk)
    if status == ChatSession.Status.COMPLETED:
        raise over()
    sealed = vault.seal_turn(text, session_id=session.pk, turn=number)
    turn = Turn.objects.create(session=session, number=number, client_id=client_id, sealed_text=sealed, created_at=now)
    reply = new_reply(reply_id, turn=turn, session=session, visit=visit, variant=1, now=now)
    ChatSession.objects.filter(pk=session.pk).update(
        turn_count=F("turn_count") + 1, last_turn_at=now, status=ChatSession.Status.STARTED
    )
    return Said(turn=turn, reply=reply, is_new=True)


def _said_before(session: ChatSession, *, vault: Vault, client_id: UUID, text: str) -> Said | None:
    turn = session.turns.filter(client_id=client_id).first()
    if turn is None:
        return None
    if turn.sealed_text is None or vault.open_turn(turn.sealed_text, session_id=session.pk, turn=turn.number) != text:
        raise ClientIdReused(_("This form was sent before with other words. Reload the page; your text stays in the field."))
    return Said(turn=turn, reply=turn.replies.get(chosen=True), is_new=False)
