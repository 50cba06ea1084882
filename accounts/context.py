"""What every page may say of the visit."""

import math
from typing import Any

from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from accounts import announcing
from accounts import visit as visits
from accounts.models import Announcement
from gptlab.http import HttpRequest
from gptlab.llm import catalog


def visit(request: HttpRequest) -> dict[str, Any]:
    """Context processor. `new_key` is a key minted for the visitor: it is forgotten by the first page that shows it."""
    here = visits.current(request)
    seconds = (here.expires_at - timezone.now()).total_seconds() if here else 0
    return {
        "visit": here,
        "visit_is_unreachable": here is None and visits.is_unreachable(request),
        "visitor_mark": visits.mark(here.user_id) if here else "",
        "visit_minutes_left": math.ceil(seconds / 60),
        "providers": catalog.providers(),
        "announcements": SimpleLazyObject(lambda: announced(request)),
        "read_only": SimpleLazyObject(lambda: announcing.read_only(now=timezone.now())),
        "new_key": SimpleLazyObject(lambda: request.session.pop(visits.NEW_KEY, None)) if here else None,
    }


def announced(request: HttpRequest) -> list[Announcement]:
    """What runs, but for what the visitor has put away. While it is read only, all of it stays."""
    found = announcing.running(now=timezone.now())
    if not found or any(each.is_read_only for each in found) or visits.current(request) is None:
        return found
    away = request.session.get(visits.PUT_AWAY, [])
    return [each for each in found if each.pk not in away]
