"""What an installation tells everybody, for as long as a test wants it.

As a program it does the telling beside the running one: an announcement's fields as JSON on standard input, or nothing.
"""

import json
import os
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import django

from tests.lab import Lab, wait_until

MARK = 'class="announcements"'


@contextmanager
def announced(lab: Lab, words: str, **fields: object) -> Iterator[None]:
    """`minutes`: how long it lasts. Returns, and leaves, when its pages show so: they may be some seconds behind."""
    lab.run("tests.announce", json.dumps({"words": words} | fields))
    wait_until(lambda: _shows(lab), 10, "no page shows the announcement")
    try:
        yield
    finally:
        lab.run("tests.announce")
        wait_until(lambda: not _shows(lab), 10, "the announcement stays")


def _shows(lab: Lab) -> bool:
    with urllib.request.urlopen(f"{lab.url}/faq/", timeout=5) as answer:
        return MARK in answer.read().decode()


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gptlab.settings")
    django.setup()
    from django.utils import timezone

    from accounts.models import Announcement

    Announcement.objects.all().delete()
    if text := sys.stdin.read():
        fields = json.loads(text)
        now, minutes = timezone.now(), fields.pop("minutes", None)
        ends_at = now + timedelta(minutes=minutes) if minutes else None
        Announcement.objects.create(**fields, starts_at=now, ends_at=ends_at)


if __name__ == "__main__":
    main()
