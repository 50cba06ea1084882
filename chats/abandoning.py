"""Sessions that were left alone: their status says so, and why. Anything said there opens them again."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery

from chats.models import LIVE_STATES, ChatSession, Reply

Status = ChatSession.Status

# Reply errors that are ours and not the provider's: what stands at the end of a chat that we let down.
OURS = ("lost", "internal", "misconfigured", "broken_off")


def abandon(*, older_than: timedelta, now: datetime, dry_run: bool) -> dict[str, int]:
    """How many sessions without a word since `older_than` got which status. Running it again finds none."""
    alone = _left_alone(now - older_than)
    failed = Q(last_state__in=(Reply.State.FAILED, Reply.State.INTERRUPTED))
    parts = {
        Status.SYSTEM_ABANDONED: alone.filter(failed, last_error__in=OURS),
        Status.UPSTREAM_FAILED: alone.filter(failed).exclude(last_error__in=OURS),
        Status.USER_ABANDONED: alone.filter(Q(last_state=None) | ~failed),  # a fork may have no reply at all
    }
    if dry_run:
        return {status.value: rows.count() for status, rows in parts.items()}
    return {status.value: rows.update(status=status) for status, rows in parts.items()}


def _left_alone(before: datetime) -> Any:
    """Started sessions, with `last_state` and `last_error` of the reply at their end."""
    replies = Reply.objects.filter(session=OuterRef("pk"), chosen=True, turn__superseded=False).order_by("-turn__number")
    writing = Reply.objects.filter(session=OuterRef("pk"), state__in=LIVE_STATES)
    rows = ChatSession.objects.filter(~Exists(writing), status=Status.STARTED, last_turn_at__lt=before)
    return rows.annotate(last_state=Subquery(replies.values("state")[:1]), last_error=Subquery(replies.values("error_code")[:1]))
