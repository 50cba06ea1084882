"""A draft, tried: a chat like any other with what the draft says now, but neither counted nor listed. One at a time."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from accounts.models import User
from accounts.visit import Visit
from assistants import lab
from assistants.models import Assistant, Version
from chats.conversation.deleting import delete
from chats.conversation.pending import paid_by, require_chat
from chats.conversation.starting import begun
from chats.models import ChatSession, Comparison, LeakCheck, Reply
from chats.models.talk import ChatSessionQuerySet
from gptlab import rate_limits


def try_out(*, user: User, visit: Visit, assistant: Assistant, told: Mapping[str, Any], now: datetime) -> Reply:
    """A new trial takes the place of the one before. `told` are fields of a Version, all fit.

    Raises CannotChat, Limited, Unavailable.
    """
    require_chat(visit)
    rate_limits.hit("start", key=str(user.pk), limit=settings.START_LIMIT)
    with paid_by(visit) as reply_id:  # before anything is given up
        forget_trials(user=user, assistant=assistant, now=now)
        with transaction.atomic():
            version = lab.to_be_tried(assistant, told=told, now=now)
            session = ChatSession(
                user=user, assistant=assistant, version=version, is_trial=True, turn_count=1, started_at=now, last_turn_at=now
            )
            return begun(session, reply_id, visit=visit, text="", now=now)


def trial_of(*, user: User, assistant: Assistant) -> ChatSession | None:
    return _trials(user, assistant).order_by("-started_at").first()


def forget_trials(*, user: User, assistant: Assistant, now: datetime) -> None:
    """With what they were told. What is compared stays."""
    for pk in _trials(user, assistant).values_list("pk", flat=True):
        delete(user=user, session_id=pk, now=now)
    forget_what_drafts_said(assistant)


def forget_what_drafts_said(assistant: Assistant, *, keep: Iterable[Version] = ()) -> None:
    """Where nothing that was tried needs it any more. `keep` is about to be tried."""
    chats = ChatSession.objects.filter(assistant=assistant, version__number=None).values("version")
    checks = LeakCheck.objects.filter(assistant=assistant, version__isnull=False).values("version")
    compared = Comparison.objects.of(assistant)
    in_use = Q(pk__in=chats) | Q(pk__in=checks) | Q(pk__in=compared.values("first")) | Q(pk__in=compared.values("second"))
    assistant.versions.filter(number=None).exclude(in_use).exclude(pk__in=[version.pk for version in keep]).delete()


def _trials(user: User, assistant: Assistant) -> ChatSessionQuerySet:
    return ChatSession.objects.owned_by(user).filter(assistant=assistant, is_trial=True, is_compared=False)
