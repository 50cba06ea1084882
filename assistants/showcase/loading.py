"""House assistants into the database: made once, kept current after that. What anybody else made is out of reach here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import models, transaction

from assistants.models import Assistant
from assistants.showcase.reading import HouseAssistant


@dataclass
class Loaded:
    created: int = 0
    versions: int = 0  # published, the first ones not counted
    profiles: int = 0  # whose name or other visible texts changed
    unchanged: int = 0


@transaction.atomic
def load(entries: Iterable[HouseAssistant], *, now: datetime, dry_run: bool = False) -> Loaded:
    """All or none. An assistant keeps its code for good, and what the operator decided of it: shown, listed, retired."""
    loaded = Loaded()
    for entry in entries:
        _load_one(entry, now=now, loaded=loaded)
    if dry_run:
        transaction.set_rollback(True)
    return loaded


def _load_one(entry: HouseAssistant, *, now: datetime, loaded: Loaded) -> None:
    assistant = Assistant.objects.select_related("active_version").filter(showcase_key=entry.key).first()
    if assistant is None:
        _create(entry, now=now).add_version(now=now, **entry.version)
        loaded.created += 1
        return
    texts = _differing(assistant, entry.profile)
    if texts:
        for name, value in texts.items():
            setattr(assistant, name, value)
        assistant.save(update_fields=list(texts))
        loaded.profiles += 1
    if assistant.active_version is None or _differing(assistant.active_version, entry.version):
        assistant.add_version(now=now, **entry.version)
        loaded.versions += 1
    elif not texts:
        loaded.unchanged += 1


def _create(entry: HouseAssistant, *, now: datetime) -> Assistant:
    return Assistant.objects.create(
        showcase_key=entry.key,
        is_house=True,
        visibility=Assistant.Visibility.LISTED,
        showcased=True,
        created_at=now,
        **entry.profile,
    )


def _differing(row: models.Model, wanted: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in wanted.items() if getattr(row, name) != value}
