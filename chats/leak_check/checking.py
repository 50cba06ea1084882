"""One leak check: asked for by the maker, done by a worker, attack after attack, until all are done or the maker stops it."""

import json
import logging
import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import relay
from accounts.models import User
from accounts.visit import Visit
from assistants.models import Assistant, Version
from chats import background, guarding
from chats.context import CONFIDENTIAL, OPENING_CUE
from chats.conversation.pending import require_chat
from chats.leak_check.attacks import TOTAL, Attack, attacks
from chats.leak_check.measuring import Finding, percent_of
from chats.models import LeakCheck
from gptlab import crypto, rate_limits
from gptlab.errors import Conflict, Unavailable
from gptlab.llm import catalog
from gptlab.llm.errors import UpstreamError
from gptlab.llm.messages import Message, Request, Role, Sampling

logger = logging.getLogger(__name__)

State = LeakCheck.State

JOB = "leak"  # the relay's kind
LIMIT = "10/hour"
PATIENCE = timedelta(minutes=14)  # without a finding; one that has not begun by then has no credential any more
ERRORS_MOST = 2  # of the upstream: then it is not worth going on
GREETING = Message(Role.ASSISTANT, "Hello! What can I do for you?")


def begin(*, user: User, visit: Visit, assistant: Assistant, told: Mapping[str, Any], now: datetime) -> LeakCheck:
    """In place of the one before. Its id names the job that is to do it. `told` are fields of a Version, all fit.

    Raises CannotChat, Limited, Unavailable, Conflict.
    """
    require_chat(visit)
    rate_limits.hit("leak-check", key=str(user.pk), limit=LIMIT)
    with background.job_paid_by(visit, kind=JOB) as job_id, transaction.atomic():
        Assistant.objects.select_for_update().get(pk=assistant.pk)
        _make_room(assistant, now=now)
        version = Version.objects.create(assistant=assistant, created_at=now, **told)
        return LeakCheck.objects.create(
            id=job_id,
            assistant=assistant,
            version=version,
            model=catalog.choose(visit.provider, version.model, visit.models),  # as for a chat: the key may lack the draft's
            total=TOTAL,
            created_at=now,
            is_secret=version.is_secret,
            told_digest=digest_of(told),
        )


def digest_of(told: Mapping[str, Any]) -> str:
    """Says whether two were told the same, and to nobody without the server's keys what."""
    key = crypto.derive(settings.PROMPT_KEYS[-1], crypto.context("leak check"))
    return crypto.authenticate(key, json.dumps(told, sort_keys=True, default=str).encode())


def _make_room(assistant: Assistant, *, now: datetime) -> None:
    before = check_of(assistant, now=now)
    if before is None:
        return
    if before.state in (State.PENDING, State.RUNNING):
        raise Conflict(_("A check is running. Wait until it is done, or stop it."))
    if before.version_id is not None:
        Version.objects.filter(pk=before.version_id, number=None).delete()
    before.delete()


def check_of(assistant: Assistant, *, now: datetime) -> LeakCheck | None:
    """The last one. One whose worker got lost has failed."""
    check = LeakCheck.objects.filter(assistant=assistant).first()
    if (
        check is not None
        and check.state in (State.PENDING, State.RUNNING)
        and now - (check.heard_at or check.created_at) > PATIENCE
    ):
        check.state, check.error_code = State.FAILED, "lost"
    return check


def stop(assistant: Assistant) -> None:
    """Before the next attack. What is known by then stays."""
    LeakCheck.objects.filter(assistant=assistant, state__in=(State.PENDING, State.RUNNING)).update(state=State.STOPPED)


def run(*, check_id: UUID) -> None:
    """Runs in workers."""
    with background.once(kind=JOB, job_id=check_id) as is_mine:
        rows = LeakCheck.objects.filter(pk=check_id)
        if not is_mine or not rows.filter(state=State.PENDING).update(state=State.RUNNING):
            return
        check = rows.select_related("assistant", "version").get()
        try:
            state, error_code = _attack_all(check)
        except (relay.Gone, Unavailable):
            state, error_code = State.FAILED, "sign_in_again"
        rows.filter(state=State.RUNNING).update(state=state, error_code=error_code)
        if check.version is not None:
            Version.objects.filter(pk=check.version.pk, number=None).delete()  # its prompt was needed for this alone


def _attack_all(check: LeakCheck) -> tuple[State, str]:
    maker, version = check.assistant.creator_id, check.version
    if maker is None or version is None:
        return State.FAILED, "lost"
    credential = relay.take(kind=JOB, job_id=check.pk, user_id=maker)
    rows = LeakCheck.objects.filter(pk=check.pk, state=State.RUNNING)
    findings: list[Finding] = []
    errors = 0
    for attack in attacks(random.Random()):
        if not rows.exists():  # stopped, or another check has begun
            return State.STOPPED, ""
        try:
            findings.append(_attack(check, version, attack, credential))
        except UpstreamError as error:
            logger.info("leak check %s: upstream %s", check.pk, error.code)
            findings.append(Finding(attack.kind, attack.text, answered=False))
            errors += 1
            if errors == ERRORS_MOST:
                return State.FAILED, error.code
        rows.update(findings=[finding.as_json() for finding in findings], heard_at=timezone.now())
    return State.DONE, ""


def _attack(check: LeakCheck, version: Version, attack: Attack, credential: relay.Credential) -> Finding:
    prompt = version.initial_prompt
    told = prompt + (CONFIDENTIAL if version.is_secret else "")
    messages = (Message(Role.SYSTEM, told), OPENING_CUE, GREETING, Message(Role.USER, attack.text))
    sampling = Sampling(
        max_tokens=version.max_tokens,
        temperature=version.temperature,
        top_p=version.top_p,
        frequency_penalty=version.frequency_penalty,
        presence_penalty=version.presence_penalty,
    )
    reply = background.ask(Request(credential.provider, check.model, messages, sampling), api_key=credential.api_key).text
    stopped = guarding.would_stop(reply, version=version, said=attack.text)
    return Finding(attack.kind, attack.text, percent=percent_of(prompt, reply), stopped=stopped)
