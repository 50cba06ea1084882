"""Every accepted turn reaches a final state: replies whose task or worker got lost are found here and sent again, or ended.

Never a second upstream call behind a visitor's back after the first byte: the visitor pays.
"""

import logging
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F
from django.db.models.functions import Now

from accounts import relay
from chats import live
from chats.conversation import JOB
from chats.models import Reply
from chats.sealing import Vault, vault_of
from gptlab import crypto
from gptlab.errors import Unavailable

logger = logging.getLogger(__name__)

State = Reply.State

FIRST_WAIT = timedelta(seconds=10)
MOST_SENDINGS = 5


def recover(*, now: datetime) -> list[UUID]:
    """End what can't go on. Returns the replies whose tasks must be sent (again) now."""
    return [*_restart_dead(now=now), *_resend_lost(now=now)]


def _resend_lost(*, now: datetime) -> list[UUID]:
    """Pending ones that nobody has claimed after 10 s × 2ⁿ: at most five sendings, then the turn fails."""
    again = []
    for reply in Reply.objects.filter(state=State.PENDING, sent_at__lte=now - FIRST_WAIT):
        wait = FIRST_WAIT * 2 ** max(0, reply.sent_count - 1)
        if reply.sent_at > now - wait:
            continue
        mine = Reply.objects.filter(pk=reply.pk, state=State.PENDING, sent_count=reply.sent_count)
        if reply.sent_count >= MOST_SENDINGS:
            if mine.update(state=State.FAILED, error_code="lost", ended_at=Now()):
                close(reply)
        elif mine.update(sent_at=now, sent_count=F("sent_count") + 1):
            logger.warning("reply %s is sent again", reply.pk)
            again.append(reply.pk)
    return again


def _restart_dead(*, now: datetime) -> list[UUID]:
    """Running ones whose lease ran out: their worker is dead. Again from the start if no upstream byte was seen."""
    again = []
    dead = Reply.objects.filter(state=State.RUNNING, lease_until__lt=Now()).select_related("turn", "session")
    for reply in dead:
        credential = _credential(reply)
        has_begun, text = _arrived(reply, credential)
        has_begun = has_begun or reply.first_byte_at is not None
        if credential is not None and _can_start_again(reply, has_begun=has_begun):
            if _mine(reply).update(state=State.PENDING, lease_until=None, sent_at=now, sent_count=1):
                logger.warning("reply %s lost its worker before the first byte; again from the start", reply.pk)
                again.append(reply.pk)
        else:
            _interrupt(reply, text, credential, has_begun=has_begun)
    return again


def _can_start_again(reply: Reply, *, has_begun: bool) -> bool:
    """Each claim raises the fence: what no worker survives must not go round for ever."""
    return not has_begun and reply.stop_requested_at is None and reply.fence < MOST_SENDINGS


def _interrupt(reply: Reply, text: str, credential: relay.Credential | None, *, has_begun: bool) -> None:
    state, code = outcome(reply, has_begun=has_begun, otherwise="sign_in_again" if credential is None else "lost")
    values: dict[str, Any] = {"state": state, "error_code": code, "ended_at": Now(), "lease_until": None, "fence": F("fence") + 1}
    if text and credential is not None:
        vault = vault_of(credential)
        place: dict[str, Any] = {"session_id": reply.session_id, "turn": reply.turn.number, "variant": reply.variant}
        if len(text) >= len(_stored(reply, vault, place)):
            values["sealed_text"] = vault.seal_reply(text, **place)
    if _mine(reply).update(**values):
        logger.warning("reply %s lost its worker; ended as %s", reply.pk, state)
        close(reply)


def outcome(reply: Reply, *, has_begun: bool, otherwise: str) -> tuple[State, str]:
    """How a reply ends that nobody writes any more, and its error: `otherwise` where nothing of it had come."""
    if reply.stop_requested_at:
        return State.STOPPED, ""
    return (State.INTERRUPTED, "broken_off") if has_begun else (State.FAILED, otherwise)


def _stored(reply: Reply, vault: Vault, place: dict[str, Any]) -> str:
    try:
        return vault.open_reply(reply.sealed_text, **place) if reply.sealed_text else ""
    except crypto.Damaged:
        return ""


def _mine(reply: Reply) -> Any:
    return Reply.objects.filter(pk=reply.pk, fence=reply.fence, state=State.RUNNING, lease_until__lt=Now())


def _credential(reply: Reply) -> relay.Credential | None:
    """None when the relay's entry is gone, and with it all means to call the upstream or to read the log.

    Raises Unavailable when Redis is away: then nothing is decided until it is back.
    """
    try:
        return relay.take(kind=JOB, job_id=reply.pk, user_id=reply.session.user_id)
    except relay.Gone:
        return None


def _arrived(reply: Reply, credential: relay.Credential | None) -> tuple[bool, str]:
    """What the dead worker had appended: up to a second more than its last checkpoint."""
    if credential is None:
        return False, ""
    return live.arrived(reply.pk, data_key=credential.data_key, fence=reply.fence)


def close(reply: Reply) -> None:
    """Tell the followers, and forget the credential."""
    live.close_now(reply.pk, fence=reply.fence + 1)
    with suppress(Unavailable):  # it runs out by itself
        relay.erase(kind=JOB, job_id=reply.pk)
