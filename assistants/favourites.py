"""What a visitor marked to find it again: nobody else sees who marked what, or how many did."""

from datetime import datetime
from typing import TYPE_CHECKING

from assistants.codes import stored
from assistants.errors import UnknownCode
from assistants.models import Assistant, Favourite

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User


def mark(code: str, *, user: "User", is_favourite: bool, now: datetime) -> Assistant:
    """Said twice it changes nothing. A mark can be taken off what one may no longer meet. Raises UnknownCode."""
    rows = Assistant.objects.open_to(user) | Assistant.objects.filter(favourites__user=user)
    assistant = rows.filter(code=stored(code)).distinct().first()
    if assistant is None:
        raise UnknownCode
    if is_favourite:
        Favourite.objects.get_or_create(user=user, assistant=assistant, defaults={"created_at": now})
    else:
        Favourite.objects.filter(user=user, assistant=assistant).delete()
    return assistant


def is_marked(assistant: Assistant, *, user: "User | AnonymousUser") -> bool:
    return user.is_authenticated and Favourite.objects.filter(user=user, assistant=assistant).exists()
