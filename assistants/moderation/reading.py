"""Reading a secret prompt as a moderator: the only way to it that is not its maker's, and none without an audit entry."""

from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.models import User
from assistants.models import Assistant, Version


@transaction.atomic
def read_prompts(assistant: Assistant, *, by: User, now: datetime) -> list[Version]:
    """All that were published, newest first. The entry is there before any prompt is opened, or nothing is shown."""
    audit.record("read prompt", by=by, now=now, subject=f"assistant {assistant.code}")
    return list(assistant.versions.filter(number__isnull=False).order_by("-number"))
