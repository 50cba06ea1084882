"""When something may be done again, in words: a span while one can wait for it, a time of day after that."""

import math
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

SPAN_MOST = timedelta(minutes=90)
COUNTED_MOST = timedelta(minutes=2)


def seconds_until(moment: datetime, *, now: datetime) -> int:
    """Whole seconds, rounded up; 0 if it is past."""
    return max(0, math.ceil((moment - now).total_seconds()))


def after(seconds: float) -> str:
    """The same for a span that begins now."""
    now = timezone.now()
    return when(now + timedelta(seconds=seconds), now=now)


def when(moment: datetime, *, now: datetime) -> str:
    """“in 20 s”, “in 12 min”, “at 14:05 UTC”, or with the day if that is another one."""
    span = moment - now
    if span <= COUNTED_MOST:
        return _("in %(seconds)s s") % {"seconds": max(1, seconds_until(moment, now=now))}
    if span <= SPAN_MOST:
        return _("in %(minutes)s min") % {"minutes": math.ceil(span.total_seconds() / 60)}
    here = timezone.localtime(moment)
    clock = f"{here:%H:%M} {here.tzname()}"
    if here.date() == timezone.localtime(now).date():
        return _("at %(time)s") % {"time": clock}
    return _("on %(day)s at %(time)s") % {"day": date_format(here, "j F"), "time": clock}
