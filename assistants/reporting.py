"""Tell the moderators what is wrong with an assistant."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import User
from assistants.codes import stored
from assistants.errors import UnknownCode
from assistants.models import Assistant, Report
from assistants.moderation import weigh
from gptlab import rate_limits, typed
from gptlab.errors import Invalid

REPORTS_LIMIT = "10/hour;30/day"
WORDS_MOST = 1_000  # characters


def reportable(code: str, *, user: User) -> Assistant:
    """One that `user` may meet, and not their own. Raises UnknownCode."""
    found = Assistant.objects.open_to(user).exclude(creator=user).filter(code=stored(code), active_version__isnull=False).first()
    if found is None:
        raise UnknownCode
    return found


def report(assistant: Assistant, *, user: User, reason: str, words: str, now: datetime) -> Report:
    """Who has an open report says it anew, and better. Raises Invalid, Limited, Unavailable."""
    if reason not in Report.Reason.values:
        raise Invalid(_("Choose what is wrong."), field="reason")
    missing = _("Say in a few words what it is.") if reason == Report.Reason.OTHER else ""
    words = typed.words(words, most=WORDS_MOST, field="words", missing=missing)
    rate_limits.hit("report", key=str(user.pk), limit=REPORTS_LIMIT)
    told = {"reason": reason, "words": words, "created_at": now}
    made = Report.objects.update_or_create(assistant=assistant, reporter=user, closed_at=None, defaults=told)[0]
    weigh([assistant.pk])
    return made
