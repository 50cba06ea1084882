"""Begin a session: the assistant speaks first, or answers what the visitor begins with."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.visit import Visit
from assistants.meeting import meet
from assistants.models import AssistantDay
from chats import memory
from chats.conversation.lookup import parsed_or_none
from chats.conversation.pending import model_for, new_reply, paid_by, require_chat
from chats.conversation.wording import fit_message
from chats.model_choice import require_choice
from chats.models import ChatSession, Reply, Turn
from chats.sealing import vault_of
from gptlab import rate_limits


def start(*, user: User, visit: Visit, code: str, model: str, text: str = "", client_id: str = "", now: datetime) -> Reply:
    """A new session with its turn 0, which carries `text` if there is one. The same form sent twice is one session.

    Raises UnknownCode, Retired, Unfinished, CannotChat, Invalid, Limited, Unavailable.
    """
    form_id = parsed_or_none(client_id)
    if (again := _started_before(user, form_id)) is not None:
        return again
    assistant, version = meet(code, user=user)
    require_chat(visit)
    text = fit_message(text) if text else ""
    if model:
        require_choice(model, visit, wanted=version.model)
    session = ChatSession(
        user=user,
        assistant=assistant,
        version=version,
        model_override=model,
        client_id=form_id,
        turn_count=1,
        started_at=now,
        last_turn_at=now,
    )
    if text:
        memory.require_room(session, text, provider=visit.provider, model=model_for(session, visit))
    rate_limits.hit("start", key=str(user.pk), limit=settings.START_LIMIT)
    try:
        with paid_by(visit) as reply_id, transaction.atomic():
            return begun(session, reply_id, visit=visit, text=text, now=now)
    except IntegrityError:  # two at once: the constraint lets one through; this is the other
        if (again := _started_before(user, form_id)) is not None:
            return again
        raise


def begun(session: ChatSession, reply_id: UUID, *, visit: Visit, text: str, now: datetime) -> Reply:
    session.save(force_insert=True)
    turn = Turn.objects.create(session=session, number=0, sealed_text=_sealed(text, session, visit), created_at=now)
    reply = new_reply(reply_id, turn=turn, session=session, visit=visit, now=now)
    if not session.is_trial:
        AssistantDay.count(assistant_id=session.assistant_id, day=now.date(), sessions=1)
    return reply


def _started_before(user: User, client_id: UUID | None) -> Reply | None:
    """The first reply of the session that this form began. Handing it to a worker again does no harm: it is claimed once."""
    if client_id is None:
        return None
    return Reply.objects.owned_by(user).filter(session__client_id=client_id, turn__number=0, chosen=True).first()


def _sealed(text: str, session: ChatSession, visit: Visit) -> str | None:
    vault = vault_of(visit)
    return vault.seal_turn(text, session_id=session.pk, turn=0) if text else None
