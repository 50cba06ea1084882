"""Fills the community's shelf beside a running installation: JSON on standard input.

`{"assistants": 100000, "seed": 1}`: so many in all, each with a version, made of words that few have and words that many have.
"""

import json
import os
import random
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import django

BATCH = 2_000
EACH = 4  # assistants a maker
SYLLABLES = ["ka", "ri", "mo", "ten", "su", "la", "vi", "dor", "nes", "pau", "qui", "zet", "hal", "bro", "fin", "gra"]
COMMON = ["coach", "tutor", "writer", "helper", "planner", "friendly", "patient", "careful", "quick", "curious"]


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gptlab.settings")
    django.setup()
    fill(**json.load(sys.stdin))


def fill(*, assistants: int, seed: int) -> None:
    from django.db import connection
    from django.utils import timezone

    from accounts.models import User
    from assistants.models import Assistant

    dice, now = random.Random(seed), timezone.now()
    missing = assistants - Assistant.objects.count()
    for first in range(0, missing, BATCH):
        count = min(BATCH, missing - first)
        makers = User.objects.bulk_create(User(terms_version="t", created_at=now) for _ in range(count // EACH + 1))
        _put(dice, count, makers, now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _put(dice: random.Random, count: int, makers: Sequence[Any], now: datetime) -> None:
    from assistants.models import Assistant, Version
    from assistants.words import searchable

    rows = [Assistant(creator=dice.choice(makers), **_told(dice, now)) for _ in range(count)]
    for row in rows:
        row.search_text = searchable([row.name, row.tagline, row.description, *row.tags])
    Assistant.objects.bulk_create(rows)
    told = {"number": 1, "initial_prompt": "Filler.", "model": "gpt-4.1-mini"}
    versions = [Version(assistant=row, created_at=row.created_at, **told) for row in rows]
    Version.objects.bulk_create(versions)
    for row, version in zip(rows, versions, strict=True):
        row.active_version = version
    Assistant.objects.bulk_update(rows, ["active_version"], batch_size=500)


def _told(dice: random.Random, now: datetime) -> dict[str, Any]:
    from assistants.models import Assistant

    def word() -> str:
        return "".join(dice.choices(SYLLABLES, k=3))

    raters = int(dice.paretovariate(1))
    return {
        "name": f"{word()} {word()}".title(),
        "tagline": f"{dice.choice(COMMON)} {word()}"[:25],
        "description": " ".join([*dice.choices(COMMON, k=6), *(word() for _ in range(12))])[:250],
        "category": dice.choice(Assistant.Category.values),
        "tags": [word() for _ in range(3)],
        "visibility": "listed",
        "people": int(dice.paretovariate(0.8)),
        "raters": raters,
        "likers": dice.randint(0, raters),
        "liking": dice.random(),
        "created_at": now - timedelta(minutes=dice.randint(0, 2_000_000)),
    }


if __name__ == "__main__":
    main()
