"""What became of drafts: published as versions, gone back to, taken out of use and back into it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from assistants.models import Assistant, Draft, Version
from gptlab.errors import Conflict, Missing

PROMPTS = ("initial_prompt", "summary_prompt")  # they are encrypted: no query compares them


class NeverPublished(Conflict):
    """There is only a draft of it."""

    code = "never_published"


def publish(
    assistant: Assistant, *, profile: Mapping[str, Any], told: Mapping[str, Any], note: str = "", now: datetime
) -> Version:
    """The draft becomes what people meet. Chats that run stay on their version: another prompt is a version of its own, and so
    is the same one opened or closed. In the transaction that locked the assistant with `for_change`.

    `profile` are fields of an Assistant, `told` of a Version; all fit.
    """
    for name, value in profile.items():
        setattr(assistant, name, value)
    assistant.save(update_fields=list(profile))
    version = assistant.active_version
    if version is None or not version.says(told):
        version = tried(assistant, told=told) or Version(assistant=assistant, **told)
        version.note = note
        assistant.number(version, now=now)
    Draft.objects.filter(assistant=assistant).delete()
    return version


def tried(assistant: Assistant, *, told: Mapping[str, Any]) -> Version | None:
    """The version without a number that says just this. What came of trying it belongs to it, also once it is published."""
    settings = {name: value for name, value in told.items() if name not in PROMPTS}
    rows = assistant.versions.filter(number=None, **settings).order_by("pk")
    return next((version for version in rows if version.says(told)), None)


@transaction.atomic
def to_be_tried(assistant: Assistant, *, told: Mapping[str, Any], now: datetime) -> Version:
    """What a draft says, as a version without a number; the same one for the same words."""
    Assistant.objects.select_for_update().get(pk=assistant.pk)
    return tried(assistant, told=told) or Version.objects.create(assistant=assistant, created_at=now, **told)


def numbers(assistant: Assistant) -> list[int]:
    """Of all its versions, the newest first."""
    rows = assistant.versions.filter(number__isnull=False).order_by("-number")
    return [number for number in rows.values_list("number", flat=True) if number]


def roll_back(assistant: Assistant, *, number: int) -> Version:
    """New chats begin with an earlier version again, or with a later one. None is lost."""
    version = _version(assistant, number)
    Assistant.objects.filter(pk=assistant.pk).update(active_version=version)
    return version


def annotate(assistant: Assistant, *, number: int, note: str) -> None:
    """The note, which is fit, is for its maker; what a version tells the model never changes."""
    Version.objects.filter(pk=_version(assistant, number).pk).update(note=note)


def retire(assistant: Assistant) -> None:
    """It takes no new chats; those that were had stay readable."""
    _require_version(assistant)
    Assistant.objects.filter(pk=assistant.pk).update(is_active=False)


def restore(assistant: Assistant) -> None:
    _require_version(assistant)
    Assistant.objects.filter(pk=assistant.pk).update(is_active=True)


def _require_version(assistant: Assistant) -> None:
    if assistant.active_version_id is None:
        raise NeverPublished(_("It was never published. Throw the draft away instead."))


def _version(assistant: Assistant, number: int) -> Version:
    version = assistant.versions.filter(number=number).defer("initial_prompt", "summary_prompt").first()
    if version is None:
        raise Missing
    return version
