"""Assistants as copies: a clone on the bench, or one file that another installation takes."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from assistants.lab.drafts import begin, owned, published, typed
from assistants.lab.fields import FIELDS
from assistants.models import Assistant, Version
from gptlab.errors import Invalid, Missing

FORMAT, FORMAT_VERSION = "gptlab-assistant", 1
FILE_MOST_BYTES = 1024 * 1024


def can_be_cloned(assistant: Assistant, *, user: User) -> bool:
    """By who made it; by others if they may meet it, and its maker allows it."""
    if assistant.creator_id == user.pk:
        return True
    version = assistant.active_version
    is_there = assistant.is_active and assistant.standing != Assistant.Standing.SUSPENDED
    return is_there and version is not None and version.openness == Version.Openness.CLONABLE


def clone(*, user: User, code: str, now: datetime) -> Assistant:
    """A private draft of one's own with all that the assistant has; a copy of another's is secret. Raises Missing, Limited."""
    assistant = Assistant.objects.open_to(user).with_version().filter(code=code).first()
    if assistant is None or not can_be_cloned(assistant, user=user):
        raise Missing
    is_own = assistant.creator_id == user.pk
    values = typed(assistant) if is_own else published(assistant) | {"openness": Version.Openness.SECRET.value}
    return begin(user=user, now=now, values=values | {"visibility": Assistant.Visibility.PRIVATE.value})


def exported(*, user: User, code: str) -> dict[str, Any]:
    """What stands in the file: the draft if there is one, else what is published."""
    return {"format": FORMAT, "version": FORMAT_VERSION, "assistant": typed(owned(user=user, code=code))}


def imported(*, user: User, content: bytes, now: datetime) -> Assistant:
    """A private draft with what a file has. Whether it is fit is looked at before it is published. Raises Invalid, Limited."""
    values = {name: _whole(_text(value)) for name, value in _values(content).items() if name in FIELDS}
    if not any(values.values()):
        raise _unusable()
    return begin(user=user, now=now, values=values | {"visibility": Assistant.Visibility.PRIVATE.value})


def _values(content: bytes) -> Mapping[str, object]:
    if len(content) > FILE_MOST_BYTES:
        raise Invalid(_("The file is larger than an assistant can be."), field="file")
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        raise _unusable() from None
    values = found.get("assistant") if isinstance(found, dict) and found.get("format") == FORMAT else None
    if not isinstance(values, dict):
        raise _unusable()
    if found.get("version") != FORMAT_VERSION:
        raise Invalid(_("The file was written by a later GPT Lab. Update this one first."), field="file")
    return values


def _text(value: object) -> str:
    """A number stands for its digits; nothing else for anything."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:g}" if isinstance(value, float) else str(value)[:20]
    return value if isinstance(value, str) else ""


def _whole(text: str) -> str:
    """JSON can hold half a character, which nothing else can."""
    return text.encode("utf-8", "replace").decode()


def _unusable() -> Invalid:
    return Invalid(_("This is no file of an assistant. Export one in the Lab to get such a file."), field="file")
