"""What is older than the operator wants to keep is deleted: chats, trials, empty drafts, closed reports, deserted accounts.

Batch after batch, each a short transaction under locks: who says something meanwhile keeps their chat, and a purge that is
killed has deleted whole batches only.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q

from accounts.models import Credential, User
from assistants.models import Assistant, Report, Version
from chats.conversation import forget_what_drafts_said
from chats.models import LIVE_STATES, ChatSession, Reply
from gptlab.command_line import Tell, tell_nobody

BATCH = 50  # chats have many rows
LEAST = timedelta(days=1)  # longer than any visit; less is a slip


def purge(kind: str, *, older_than: timedelta, now: datetime, dry_run: bool = False, tell: Tell = tell_nobody) -> int:
    """How many of this kind (one of KINDS) went, or would go."""
    rows = KINDS[kind](now - older_than)
    if dry_run:
        return rows.count()
    count = 0
    while deleted := _delete_some(rows):
        count += deleted
        tell(count)
    if kind == "trials":
        _forget_what_was_tried(now - older_than)
    return count


@transaction.atomic
def _delete_some(rows: Any) -> int:
    """Locks first, and then looks again: what was said before the lock was had counts."""
    ids = list(rows.select_for_update(of=("self",), skip_locked=True).values_list("pk", flat=True)[:BATCH])
    still = list(rows.filter(pk__in=ids).values_list("pk", flat=True))
    rows.model.objects.filter(pk__in=still).delete()
    return len(still)


def _sessions(before: datetime) -> models.QuerySet[ChatSession]:
    return _left(before).filter(is_trial=False)


def _trials(before: datetime) -> models.QuerySet[ChatSession]:
    """Also the sides of comparisons: their marks stay in the tally."""
    return _left(before).filter(is_trial=True)


def _left(before: datetime) -> models.QuerySet[ChatSession]:
    writing = Reply.objects.filter(session=OuterRef("pk"), state__in=LIVE_STATES)
    return ChatSession.objects.filter(~Exists(writing), last_turn_at__lt=before)


def _drafts(before: datetime) -> models.QuerySet[Assistant]:
    """Assistants that were begun, and nothing was ever typed into them. What was tried has a version."""
    rows = Assistant.objects.filter(active_version=None, versions=None, showcase_key=None, created_at__lt=before)
    return rows.filter(Q(draft=None) | Q(draft__is_empty=True, draft__changed_at__lt=before))


def _reports(before: datetime) -> models.QuerySet[Report]:
    return Report.objects.filter(closed_at__lt=before)


def _visitors(before: datetime) -> models.QuerySet[User]:
    """Not who was shut out: their key would open a new account. Not staff."""
    here = Credential.objects.filter(Q(last_used_at__gte=before) | Q(created_at__gte=before), user=OuterRef("pk"))
    made = Assistant.objects.filter(creator=OuterRef("pk"))
    talked = ChatSession.objects.filter(user=OuterRef("pk"))
    rows = User.objects.filter(username=None, is_active=True, may_share=True, is_staff=False, created_at__lt=before)
    return rows.exclude(Exists(here)).exclude(Exists(made)).exclude(Exists(talked))


def _forget_what_was_tried(before: datetime) -> None:
    """The prompts of drafts that nothing needs any more. Of all assistants: a purge before this one may have been killed."""
    old = Version.objects.filter(assistant=OuterRef("pk"), number=None, created_at__lt=before)
    for assistant in Assistant.objects.filter(Exists(old)).only("pk").iterator():
        about_to_be_tried = assistant.versions.filter(created_at__gte=before).only("pk")
        forget_what_drafts_said(assistant, keep=about_to_be_tried)


# In this order: an account may have nothing left once its chats are gone.
KINDS: dict[str, Callable[[datetime], models.QuerySet[Any]]] = {
    "sessions": _sessions,
    "trials": _trials,
    "drafts": _drafts,
    "reports": _reports,
    "visitors": _visitors,
}
