"""Says messages to both sides of a pair, each in a chat of its own that the maker's key pays for."""

import random
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts.models import User
from accounts.visit import Visit
from assistants.models import Assistant, Version
from chats import conversation
from chats.comparing.pairs import Pair
from chats.comparing.saved import Saved
from chats.conversation.pending import busy, paid_by, require_chat
from chats.conversation.starting import begun
from chats.errors import Busy
from chats.models import ChatSession, Comparison, Reply
from chats.models.talk import ReplyQuerySet
from gptlab import rate_limits


def run(*, user: User, visit: Visit, pair: Pair, messages: Iterable[Saved], is_blind: bool, now: datetime) -> list[Reply]:
    """The replies to come, two for each message. Left out are messages that don't open, and those that are being answered.

    What was answered before makes room; a mark that it got stays in the tally. Raises CannotChat, Limited, Unavailable.
    """
    if (order := pair.in_order) is None:
        return []
    require_chat(visit)
    wanted = [message for message in messages if not message.damaged]
    for _reply in range(2 * len(wanted)):
        rate_limits.hit("compare", key=str(user.pk), limit=settings.MESSAGE_LIMIT)
    if any(version.number is None for version in order):
        forget_drafts(user=user, assistant=order[0].assistant, keep=order, now=now)
    return [reply for message in wanted for reply in _said(message, order, user=user, visit=visit, is_blind=is_blind, now=now)]


def is_running(*, user: User, assistant: Assistant) -> bool:
    return _live(user, assistant).exists()


def stop_all(*, user: User, assistant: Assistant, now: datetime) -> None:
    """Whatever is being compared of this assistant."""
    for session_id, reply_id in _live(user, assistant).values_list("session_id", "pk"):
        conversation.stop(user=user, session_id=session_id, reply_id=reply_id, now=now)


def _live(user: User, assistant: Assistant) -> ReplyQuerySet:
    return Reply.objects.live().filter(session__user=user, session__assistant=assistant, session__is_compared=True)


def forget_drafts(*, user: User, assistant: Assistant, keep: Iterable[Version] = (), now: datetime) -> None:
    """What the draft said before, with all that came of it: a mark of words that are gone means nothing any more."""
    past = assistant.versions.filter(number=None).exclude(pk__in=[version.pk for version in keep]).values("pk")
    gone = Comparison.objects.filter(Q(first__in=past) | Q(second__in=past))
    sessions = [pk for pair in gone.values_list("first_session", "second_session") for pk in pair]
    for pk in ChatSession.objects.owned_by(user).filter(pk__in=sessions).values_list("pk", flat=True):
        conversation.delete(user=user, session_id=pk, now=now)
    gone.delete()
    conversation.forget_what_drafts_said(assistant, keep=keep)


def _said(
    message: Saved, order: tuple[Version, Version], *, user: User, visit: Visit, is_blind: bool, now: datetime
) -> list[Reply]:
    try:
        with paid_by(visit) as first_id, paid_by(visit) as second_id, transaction.atomic():
            _make_room(message.id, order)
            replies = [
                _begun(version, reply_id, text=message.text, user=user, visit=visit, now=now)
                for version, reply_id in zip(order, (first_id, second_id), strict=True)
            ]
            Comparison.objects.create(
                message_id=message.id,
                first=order[0],
                second=order[1],
                first_session=replies[0].session,
                second_session=replies[1].session,
                is_blind=is_blind,
                is_turned=is_blind and random.random() < 0.5,
                created_at=now,
            )
            return replies
    except (Busy, IntegrityError):  # it is being answered, or another tab was faster
        return []


def _make_room(message_id: UUID, order: tuple[Version, Version]) -> None:
    rows = Comparison.objects.select_for_update(of=("self",))
    before = rows.filter(message=message_id, first=order[0], second=order[1]).first()
    if before is None:
        return
    sessions = [pk for pk in (before.first_session_id, before.second_session_id) if pk is not None]
    if Reply.objects.live().filter(session__in=sessions).exists():
        raise busy()
    if before.verdict:
        Comparison.objects.filter(pk=before.pk).update(message=None)
    else:
        before.delete()
    ChatSession.objects.filter(pk__in=sessions).delete()


def _begun(version: Version, reply_id: UUID, *, text: str, user: User, visit: Visit, now: datetime) -> Reply:
    session = ChatSession(
        user=user,
        assistant_id=version.assistant_id,
        version=version,
        is_trial=True,
        is_compared=True,
        turn_count=1,
        started_at=now,
        last_turn_at=now,
    )
    return begun(session, reply_id, visit=visit, text=text, now=now)
