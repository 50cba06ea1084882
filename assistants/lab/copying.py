"""Assistants as copies: a clone on the bench, or one file that another installation takes."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from assistants.lab.drafts import begin, owned, published, typed
from assistants.lab.fields import FIELDS
from assistants.models import Assistant
from gptlab.errors import Invalid, Missing

FORMAT, FORMAT_VERSION = "gptlab-assistant", 1
FILE_MOST_BYTES = 1024 * 1024


def can_be_cloned(assistant: Assistant, *, user: User) -> bool:
    """By who made it; by others if they may meet it, and its maker allows it."""
    is_there = assistant.is_active and assistant.active_version_id is not None
    is_there = is_there and assistant.standing != Assistant.Standing.SUSPENDED
    return assistant.creator_id == user.pk or (assistant.may_be_cloned and is_there)


def clone(*, user: User, code: str, now: datetime) -> Assistant:
    """A private draft of one's own with all that the assistant has. Raises Missing, Limited."""
    assistant = Assistant.objects.open_to(user).filter(code=code).first()
    if assistant is None or not can_be_cloned(assistant, user=user):
        raise Missing
    values = typed(assistant) if assistant.creator_id == user.pk else published(assistant)
    return begin(user=user, now=now, values=values | {"visibility": Assistant.Visibility.PRIVATE.value})


def exported(*, user: User, code: str) -> dict[str, Any]:
    """What stands in the file: the draft if there is one, else what is published."""
    return {"format": FORMAT, "version": FORMAT_VERSION, "assistant": typed(owned(user=user, code=code))}


def imported(*, user: User, content: bytes, now: datetime) -> Assistant:
    """A private draft with what a file has. Whether it is fit is looked at before it is published. Raises Invalid, Limited."""
    found = _values(content).items()
    values = {name: _whole(value) for name, value in found if name in FIELDS and isinstance(value, str)}
    if not values:
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


def _whole(text: str) -> str:
    """JSON can hold half a character, which nothing else can."""
    return text.encode("utf-8", "replace").decode()


def _unusable() -> Invalid:
    return Invalid(_("This is no file of an assistant. Export one in the Lab to get such a file."), field="file")
