"""Start a chat, say something, retry, stop. Each leaves a pending reply for a worker; handing it over is the caller's.

Domain rules only: no HTTP and no tasks here.
"""

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import relay
from accounts.models import User
from accounts.visit import Visit
from assistants.models import Assistant, AssistantDay
from chats import live
from chats.errors import Busy, CannotChat, ClientIdReused, NothingToRetry, SessionOver, UnfitMessage
from chats.models import ChatSession, Reply, Turn
from chats.sealing import Vault
from gptlab import rate_limits
from gptlab.errors import Invalid, Missing, Unavailable
from gptlab.llm import catalog

State = Reply.State

JOB = "reply"  # the relay's kind


@dataclass(frozen=True, slots=True)
class Said:
    """A turn and the reply that it is waiting for. `is_new` is False when the same form came again."""

    turn: Turn
    reply: Reply
    is_new: bool


def start(*, user: User, visit: Visit, code: str, model: str, now: datetime) -> Reply:
    """A new session with its opening turn: the assistant speaks first. Raises Missing, CannotChat, Limited, Unavailable."""
    _require_chat(visit)
    assistant = Assistant.objects.in_use().open_to(user).with_version().filter(code=code).first()
    if assistant is None or assistant.active_version is None:
        raise Missing(_("The assistant was retired, or a letter of its code is off."))
    if model and model not in visit.models:
        raise Invalid(_("Your key does not have the model “%(model)s”. Choose another.") % {"model": model[:64]}, field="model")
    rate_limits.hit("start", key=str(user.pk), limit="30/minute")
    with _paid_by(visit) as reply_id, transaction.atomic():
        session = ChatSession.objects.create(
            user=user,
            assistant=assistant,
            version=assistant.active_version,
            model_override=model,
            turn_count=1,
            started_at=now,
            last_turn_at=now,
        )
        turn = Turn.objects.create(session=session, number=0, created_at=now)
        reply = _new_reply(reply_id, turn=turn, session=session, visit=visit, variant=1, now=now)
        AssistantDay.count(assistant_id=assistant.pk, day=now.date(), sessions=1)
    return reply


def say(*, user: User, visit: Visit, session_id: UUID, text: str, client_id: str, now: datetime) -> Said:
    """The visitor's next turn. Raises Missing, Invalid, Busy, SessionOver, ClientIdReused, CannotChat, Limited, Unavailable."""
    form_id = _parsed(client_id)
    session = owned_session(user=user, session_id=session_id)
    vault = Vault(user_id=user.pk, data_key=visit.data_key)
    text = fit_message(text)
    if (again := _said_before(session, vault=vault, client_id=form_id, text=text)) is not None:
        return again
    _require_chat(visit)
    if session.status != ChatSession.Status.STARTED:
        raise SessionOver(_("This chat is closed. Start a new one with the same assistant."))
    rate_limits.hit("say", key=str(user.pk), limit="60/minute")
    try:
        with _paid_by(visit) as reply_id, transaction.atomic():
            return _add_turn(session, reply_id, vault=vault, visit=visit, client_id=form_id, text=text, now=now)
    except (Busy, IntegrityError):
        # Two at once: the same form twice, or a second tab. Lock and constraints let one through; this is the other.
        if (again := _said_before(session, vault=vault, client_id=form_id, text=text)) is not None:
            return again
        raise _busy() from None


def retry(*, user: User, visit: Visit, session_id: UUID, reply_id: UUID, now: datetime) -> Reply:
    """Another reply to the same message, after one that failed or was cut off. What arrived then is kept as its own variant."""
    _require_chat(visit)
    reply = owned_reply(user=user, session_id=session_id, reply_id=reply_id)
    rate_limits.hit("say", key=str(user.pk), limit="60/minute")
    try:
        with _paid_by(visit) as new_id, transaction.atomic():
            session = _locked(session_id)
            if session.replies.live().exists():
                raise _busy()
            is_last = reply.turn.number == session.turn_count - 1
            if not (reply.chosen and is_last and reply.state in (State.FAILED, State.INTERRUPTED)):
                raise NothingToRetry(_("There is nothing to try again here. Reload the page to see where the chat stands."))
            Reply.objects.filter(pk=reply.pk).update(chosen=False)
            return _new_reply(new_id, turn=reply.turn, session=session, visit=visit, variant=reply.variant + 1, now=now)
    except IntegrityError:
        raise _busy() from None


def stop(*, user: User, session_id: UUID, reply_id: UUID, now: datetime) -> Reply:
    """End a live reply; its text so far stays. Stopping one that has ended changes nothing."""
    reply = owned_reply(user=user, session_id=session_id, reply_id=reply_id)
    ended = Reply.objects.filter(pk=reply.pk, state=State.PENDING).update(
        state=State.STOPPED, stop_requested_at=now, ended_at=now
    )
    if ended:
        live.close_now(reply.pk, fence=reply.fence + 1)
        with suppress(Unavailable):  # it runs out by itself
            relay.erase(kind=JOB, job_id=reply.pk)
    elif Reply.objects.filter(pk=reply.pk, state=State.RUNNING, stop_requested_at=None).update(stop_requested_at=now):
        live.publish_stop(reply.pk)
    return reply


def owned_session(*, user: User, session_id: UUID) -> ChatSession:
    session = ChatSession.objects.owned_by(user).filter(pk=session_id).with_setting().first()
    if session is None:
        raise Missing
    return session


def owned_reply(*, user: User, session_id: UUID, reply_id: UUID) -> Reply:
    reply = Reply.objects.owned_by(user).filter(pk=reply_id, session_id=session_id).select_related("turn", "session").first()
    if reply is None:
        raise Missing
    return reply


def fit_message(text: str) -> str:
    """The text as it will be stored: line ends as typed in a form are one LF. Raises UnfitMessage."""
    text = text.replace("\r\n", "\n")
    if not any(_shows(character) for character in text):
        raise UnfitMessage(_("There is nothing in the message yet. Write a word and send again."), field="text")
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > settings.MESSAGE_MOST_BYTES:
        raise UnfitMessage(
            _("The message has %(size)s kB; up to %(most)s kB fit. Send it in parts.")
            % {"size": -(-size // 1024), "most": settings.MESSAGE_MOST_BYTES // 1024},
            field="text",
        )
    return text


def _shows(character: str) -> bool:
    """False for spaces, control and zero-width characters, and for blanks that are letters by name only."""
    return unicodedata.category(character)[0] not in "CZ" and character not in "\u115f\u1160\u3164\uffa0\u2800"


def _add_turn(
    session: ChatSession, reply_id: UUID, *, vault: Vault, visit: Visit, client_id: UUID, text: str, now: datetime
) -> Said:
    """The constraints refuse a second live reply and a form that was sent before: no need to ask first."""
    number = ChatSession.objects.select_for_update().values_list("turn_count", flat=True).get(pk=session.pk)
    sealed = vault.seal_turn(text, session_id=session.pk, turn=number)
    turn = Turn.objects.create(session=session, number=number, client_id=client_id, sealed_text=sealed, created_at=now)
    reply = _new_reply(reply_id, turn=turn, session=session, visit=visit, variant=1, now=now)
    ChatSession.objects.filter(pk=session.pk).update(turn_count=F("turn_count") + 1, last_turn_at=now)
    return Said(turn=turn, reply=reply, is_new=True)


@contextmanager
def _paid_by(visit: Visit) -> Iterator[UUID]:
    """The id of a reply to come, whose credential the relay holds already: before the commit, so that no worker is too early.

    And before the transaction, so that a slow Redis holds no lock. Taken back if nothing comes of the reply.
    """
    reply_id = uuid4()
    credential = relay.Credential(user_id=visit.user_id, provider=visit.provider, api_key=visit.api_key, data_key=visit.data_key)
    relay.put(kind=JOB, job_id=reply_id, credential=credential)
    is_used = False
    try:
        yield reply_id
        is_used = True
    finally:
        if not is_used:
            with suppress(Unavailable):
                relay.erase(kind=JOB, job_id=reply_id)


def _new_reply(reply_id: UUID, *, turn: Turn, session: ChatSession, visit: Visit, variant: int, now: datetime) -> Reply:
    wanted = session.model_override or session.version.model
    return Reply.objects.create(
        id=reply_id,
        session=session,
        turn=turn,
        variant=variant,
        model=catalog.choose(visit.provider, wanted, visit.models),
        sent_at=now,
        sent_count=1,
        created_at=now,
    )


def _locked(session_id: UUID) -> ChatSession:
    """For the length of the transaction."""
    return ChatSession.objects.with_setting().select_for_update(of=("self",)).get(pk=session_id)


def _said_before(session: ChatSession, *, vault: Vault, client_id: UUID, text: str) -> Said | None:
    turn = session.turns.filter(client_id=client_id).first()
    if turn is None:
        return None
    if turn.sealed_text is None or vault.open_turn(turn.sealed_text, session_id=session.pk, turn=turn.number) != text:
        raise ClientIdReused(_("This form was sent before with other words. Reload the page; your text stays in the field."))
    return Said(turn=turn, reply=turn.replies.get(chosen=True), is_new=False)


def _parsed(client_id: str) -> UUID:
    try:
        return UUID(client_id)
    except ValueError:
        raise Invalid(_("The page is out of date. Reload it; your text stays in the field."), field="client_id") from None


def _require_chat(visit: Visit) -> None:
    if not visit.can_chat:
        raise CannotChat(_("Your provider does not take this key at the moment. Sign in again with a working one to go on."))


def _busy() -> Busy:
    return Busy(_("A reply is still being written in this chat. Wait until it is done, or stop it."))


__all__ = ["JOB", "Said", "fit_message", "owned_reply", "owned_session", "retry", "say", "start", "stop"]
