"""A draft, tried: a chat like any other with what the draft says now, but neither counted nor listed. One at a time."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.models import User
from accounts.visit import Visit
from assistants.models import Assistant, Version
from chats.conversation.deleting import delete
from chats.conversation.pending import paid_by, require_chat
from chats.conversation.starting import begun
from chats.models import ChatSession, LeakCheck, Reply
from gptlab import rate_limits


def try_out(*, user: User, visit: Visit, assistant: Assistant, told: Mapping[str, Any], now: datetime) -> Reply:
    """A new trial takes the place of the one before. `told` are fields of a Version, all fit.

    Raises CannotChat, Limited, Unavailable.
    """
    require_chat(visit)
    rate_limits.hit("start", key=str(user.pk), limit=settings.START_LIMIT)
    forget_trials(user=user, assistant=assistant, now=now)
    with paid_by(visit) as reply_id, transaction.atomic():
        version = Version.objects.create(assistant=assistant, created_at=now, **told)
        session = ChatSession(
            user=user, assistant=assistant, version=version, is_trial=True, turn_count=1, started_at=now, last_turn_at=now
        )
        return begun(session, reply_id, visit=visit, text="", now=now)


def trial_of(*, user: User, assistant: Assistant) -> ChatSession | None:
    return ChatSession.objects.owned_by(user).filter(assistant=assistant, is_trial=True).order_by("-started_at").first()


def forget_trials(*, user: User, assistant: Assistant, now: datetime) -> None:
    """With what they were told."""
    for pk in ChatSession.objects.owned_by(user).filter(assistant=assistant, is_trial=True).values_list("pk", flat=True):
        delete(user=user, session_id=pk, now=now)
    in_use = ChatSession.objects.filter(assistant=assistant, version__number=None).values("version")
    checked = LeakCheck.objects.filter(assistant=assistant, version__isnull=False).values("version")
    assistant.versions.filter(number=None).exclude(pk__in=in_use).exclude(pk__in=checked).delete()
