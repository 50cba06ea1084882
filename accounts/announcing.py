"""What runs of the announcements, and whether the place can only be read meanwhile. Every page asks, so each process remembers.

For some seconds: what is saved in another process shows a little later. Times are compared at each look, so that one that is to
begin does so on the second.
"""

import logging
import time
from datetime import datetime

from django.db import Error, transaction
from django.utils.translation import gettext as _

from accounts.models import Announcement
from gptlab import errors
from gptlab.when import seconds_until, when

SECONDS = 5  # that a process may be behind another one
UNKNOWN_SECONDS = 300  # after which to look again where no end is told

logger = logging.getLogger(__name__)
_kept: tuple[float, list[Announcement]] | None = None  # when they were read, and all that are not over
_changes = 0  # of this process; what was read before the last one is not kept


def running(*, now: datetime) -> list[Announcement]:
    """Those that count most first: read only, then warnings, then what is new."""
    shown = [each for each in _not_over(now) if each.runs(now=now)]
    newest_first = sorted(shown, key=lambda each: each.starts_at, reverse=True)
    return sorted(newest_first, key=lambda each: (not each.is_read_only, each.tone != Announcement.Tone.WARNING))


def read_only(*, now: datetime) -> errors.ReadOnly | None:
    """Why nothing can be changed now, if so. Of several the one that lasts longest says until when."""
    closing = [each for each in running(now=now) if each.is_read_only]
    if not closing:
        return None
    longest = max(closing, key=lambda each: (each.ends_at is None, each.ends_at or each.starts_at))
    if longest.ends_at is None:
        return errors.ReadOnly(
            _("This lab can only be read for now. What is being written is finished. Try again later."),
            retry_after=UNKNOWN_SECONDS,
        )
    words = _("This lab can only be read for now. What is being written is finished. You can go on %(when)s.")
    return errors.ReadOnly(
        words % {"when": when(longest.ends_at, now=now)}, retry_after=max(1, seconds_until(longest.ends_at, now=now))
    )


def forget(**_signal: object) -> None:
    """Called when one is saved or deleted; and once more when that is committed, since somebody may look in between."""
    _forget()
    transaction.on_commit(_forget)


def _forget() -> None:
    global _kept, _changes
    _kept, _changes = None, _changes + 1


def _not_over(now: datetime) -> list[Announcement]:
    global _kept
    kept, changes = _kept, _changes
    if kept is not None and time.monotonic() - kept[0] < SECONDS:
        return kept[1]
    try:
        found = list(Announcement.objects.not_over(now=now))
    except Error:  # a page that needs no database must not need it for this
        logger.warning("the database is away: announcements could not be read")
        found = kept[1] if kept else []
    if changes == _changes:
        _kept = time.monotonic(), found
    return found
