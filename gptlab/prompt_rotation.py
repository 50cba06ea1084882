"""Brings all that is encrypted under the server's own keys under the newest of them, so that the older ones can go.

The fields are found, not listed: whatever model has an EncryptedTextField. Each text is exchanged only if it still is what was
read; who saves meanwhile seals with the newest key anyway.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Value
from django.db.models.functions import Cast

from gptlab import crypto
from gptlab.command_line import Tell, tell_nobody
from gptlab.fields import EncryptedTextField

BATCH = 200


@dataclass
class Rotated:
    """Numbers of texts. `changed` meanwhile by others, and so left to them; `damaged` open with none of the keys."""

    renewed: int = 0
    current: int = 0
    changed: int = 0
    damaged: int = 0


def encrypted_fields() -> Iterator[tuple[type[models.Model], EncryptedTextField]]:
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            yield from ((model, field) for field in model._meta.local_fields if isinstance(field, EncryptedTextField))


def rotate(*, dry_run: bool = False, tell: Tell = tell_nobody) -> Rotated:
    """Running it again finds all of them current."""
    keys, rotated, seen = settings.PROMPT_KEYS, Rotated(), 0
    for model, field in encrypted_fields():
        column = _Column(model, field)
        for batch in column.batches():
            with transaction.atomic():
                for pk, token in batch:
                    _renew(column, pk, token, keys=keys, rotated=rotated, dry_run=dry_run)
            seen += len(batch)
            tell(seen)
    return rotated


def _renew(column: "_Column", pk: Any, token: str, *, keys: Sequence[bytes], rotated: Rotated, dry_run: bool) -> None:
    if crypto.is_under_newest(keys, token):
        rotated.current += 1
        return
    try:
        newer = crypto.under_newest(keys, token)
    except crypto.Damaged:
        rotated.damaged += 1
        return
    if dry_run or column.exchange(pk, token, newer):
        rotated.renewed += 1
    else:
        rotated.changed += 1


class _Column:
    """Tokens as the database holds them: the field itself would open and seal them."""

    def __init__(self, model: type[models.Model], field: EncryptedTextField) -> None:
        self._name = field.name
        token = Cast(F(field.name), models.TextField())
        self._rows = model._base_manager.filter(**{f"{field.name}__isnull": False}).annotate(token=token)

    def batches(self) -> Iterator[list[tuple[Any, str]]]:
        rows = self._rows.order_by("pk").values_list("pk", "token")
        batch = list(rows[:BATCH])
        while batch:
            yield batch
            batch = list(rows.filter(pk__gt=batch[-1][0])[:BATCH])

    def exchange(self, pk: Any, old: str, new: str) -> bool:
        sealed = Value(new, output_field=models.TextField())
        return bool(self._rows.filter(pk=pk, token=old).update(**{self._name: sealed}))
