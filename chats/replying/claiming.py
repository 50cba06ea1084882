"""Take a pending reply, once: a conditional update raises its fence and leases it on the database's clock."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import F
from django.db.models.functions import Now

from accounts import relay
from chats import guarding, live
from chats.context import TooLong
from chats.conversation import JOB
from chats.history import open_turn
from chats.memory import Load
from chats.models import Reply
from chats.replying.asking import ask
from chats.sealing import Vault, vault_of
from gptlab import crypto
from gptlab.errors import Unavailable
from gptlab.llm import catalog, moderation
from gptlab.llm.messages import Request

State = Reply.State

LEASE = timedelta(seconds=8)  # renewed each second; who holds none is dead


@dataclass(frozen=True, slots=True, repr=False)
class Job:
    """All that writing one reply needs, without the database."""

    reply_id: UUID
    session_id: UUID
    assistant_id: int | None  # in whose numbers it counts; None: it is a trial
    turn: int
    variant: int
    fence: int
    credential: relay.Credential
    request: Request
    load: Load
    secret: guarding.Secret | None = None  # what the reply must not give away
    wants_title: bool = False  # the session has none yet, and the visitor has said something
    unchecked: str = ""  # the message, if the provider's moderation has not yet found anything in it

    @property
    def vault(self) -> Vault:
        return vault_of(self.credential)


def claim(reply_id: UUID) -> Job | None:
    """The job, or None: somebody else has it, it has ended, or it can't be done and has been ended here."""
    claimed = Reply.objects.filter(pk=reply_id, state=State.PENDING).update(
        state=State.RUNNING, fence=F("fence") + 1, lease_until=Now() + LEASE, started_at=Now()
    )
    if not claimed:
        return None
    reply = Reply.objects.select_related("turn", "session__assistant").get(pk=reply_id)
    try:
        credential = relay.take(kind=JOB, job_id=reply.pk, user_id=reply.session.user_id)
    except relay.Gone:
        _end(reply, error_code="sign_in_again")
        return None
    except Unavailable:
        # Redis is away: back in the queue, and the reaper sends it again when the time comes.
        _mine(reply).update(state=State.PENDING, lease_until=None)
        return None
    try:
        request, load = ask(reply, credential)
    except TooLong as error:
        _end(reply, **_too_long(error))
        return None
    except (crypto.Damaged, catalog.UnknownProvider):
        _end(reply, error_code="misconfigured")
        return None
    return Job(
        reply_id=reply.pk,
        session_id=reply.session_id,
        assistant_id=None if reply.session.is_trial else reply.session.assistant_id,
        turn=reply.turn.number,
        variant=reply.variant,
        fence=reply.fence,
        credential=credential,
        request=request,
        load=load,
        secret=guarding.secret_of(reply, request.messages, vault=vault_of(credential)),
        wants_title=_wants_title(reply),
        unchecked=_unchecked(reply, credential),
    )


def _too_long(error: TooLong) -> dict[str, Any]:
    if error.is_prompt:
        return {"error_code": "prompt_too_long"}
    return {"error_code": "message_too_long", "too_long_size": error.size, "too_long_most": max(0, error.most)}


def _mine(reply: Reply) -> Any:
    return Reply.objects.filter(pk=reply.pk, fence=reply.fence, state=State.RUNNING)


def _end(reply: Reply, **why: Any) -> None:
    if _mine(reply).update(state=State.FAILED, ended_at=Now(), lease_until=None, **why):
        live.close_now(reply.pk, fence=reply.fence + 1)


def _wants_title(reply: Reply) -> bool:
    session = reply.session
    return (
        not session.is_trial
        and not session.sealed_title
        and session.title_asked_at is None
        and reply.turn.sealed_text is not None
    )


def _unchecked(reply: Reply, credential: relay.Credential) -> str:
    turn = reply.turn
    if turn.sealed_text is None or turn.sealed_flags or not moderation.moderates(credential.provider):
        return ""
    vault = vault_of(credential)
    return open_turn(turn, vault=vault).text or ""
