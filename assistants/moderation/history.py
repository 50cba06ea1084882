"""What was decided, for its maker to read: with the reason, and without who it was by."""

from django.db.models import QuerySet

from accounts.models import User
from assistants.models import Assistant, Decision

SHOWN_MOST = 100


def of_maker(user: User) -> QuerySet[Decision]:
    """The newest first, each with its assistant and appeal. What belongs to a ban is said with the ban."""
    rows = Decision.objects.filter(creator=user, part_of=None).select_related("assistant", "appeal")
    return rows.order_by("-made_at", "-pk")[:SHOWN_MOST]


def standing_against(user: User) -> int:
    """How many assistants are kept from what their maker wants, and a ban."""
    kept = Assistant.objects.made_by(user).exclude(standing=Assistant.Standing.FREE).count()
    return kept + (not user.may_share)
