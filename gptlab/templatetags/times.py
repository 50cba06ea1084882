"""Times on pages. The server does not know where the reader's clock stands: it tells them relative, or in its own zone, and
`static/js/times.js` puts them into the reader's.
"""

from datetime import datetime, timedelta

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def ago(moment: datetime) -> str:
    """`{{ moment|ago }}`: how long ago, in one unit."""
    now = timezone.now()
    if now - moment < timedelta(minutes=1):
        return _("just now")
    return _("%(time)s ago") % {"time": timesince(moment, now, depth=1)}


@register.simple_tag
def clock(moment: datetime) -> SafeString:
    """`{% clock moment %}`: the time of day; which day, for who points at it."""
    here = timezone.localtime(moment)
    words, whole = f"{here:%H:%M} {here.tzname()}", f"{date_format(here, 'DATE_FORMAT')}, {here:%H:%M} {here.tzname()}"
    return format_html('<time datetime="{}" title="{}" data-show="clock">{}</time>', here.isoformat(), whole, words)


@register.simple_tag
def when(moment: datetime) -> SafeString:
    """`{% when moment %}`: day and time."""
    here = timezone.localtime(moment)
    words = f"{date_format(here, 'j M Y')}, {here:%H:%M} {here.tzname()}"
    return format_html('<time datetime="{}" data-show="when">{}</time>', here.isoformat(), words)


@register.simple_tag
def day(moment: datetime) -> SafeString:
    """`{% day moment %}`: which day it was."""
    here = timezone.localtime(moment)
    words = date_format(here, "l") + ", " + date_format(here, "DATE_FORMAT")
    return format_html('<time datetime="{}" data-show="day">{}</time>', here.isoformat(), words)
