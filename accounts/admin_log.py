"""What the admin itself writes down of changes goes into the audit log, too: rights, passwords, accounts, announcements."""

from typing import Any

from django.contrib.admin.models import ADDITION, DELETION, LogEntry

from accounts import audit

_DID = {ADDITION: "added", DELETION: "deleted"}


def copy(sender: type[LogEntry], instance: LogEntry, created: bool, **_: Any) -> None:
    """After each entry, in the change's own transaction."""
    if created:
        what = instance.content_type.name if instance.content_type else ""
        action = f"admin: {_DID.get(instance.action_flag, 'changed')}"
        told = {"subject": f"{what} {instance.object_repr}".strip(), "detail": instance.get_change_message()}
        audit.record(action, by=instance.user, now=instance.action_time, **told)
