"""What becomes of the assistants of an account that is deleted: nobody answers for them any more."""

from typing import Any

from accounts.models import User
from assistants.models import Assistant


def retire(sender: type[User], instance: User, **_: Any) -> None:
    """Before the account goes. They take no new chats and are on no shelf; chats that were had stay readable."""
    theirs = Assistant.objects.filter(creator=instance)
    theirs.update(is_active=False, showcased=False, visibility=Assistant.Visibility.PRIVATE)
