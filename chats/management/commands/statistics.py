"""`manage.py statistics`: what goes on here, in numbers."""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import orjson
from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from chats.statistics import Day, Platform, by_day, platform

DAYS_MOST = 3650
DAY_COLUMNS = ("date", "visitors", "sessions", "replies", "errors", "first_token_seconds", "guard_blocks")


class Command(BaseCommand):
    help = (
        "Visitors, chats, replies, tokens, errors, opinions and assistants, counted from what is in the database now; what "
        "people have deleted is not in it. Numbers only: no text is read, and nothing is written. A day is one of UTC."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=_days, default=30, help=_("So many days up to today (30)."))
        parser.add_argument("--json", action="store_true", help=_("For a program."))

    def handle(self, *, days: int, json: bool, **options: Any) -> None:
        now = timezone.now()
        numbers, rows = platform(days=days, now=now), by_day(days=days, now=now)
        if json:
            content = asdict(numbers) | {"by_day": [asdict(row) for row in rows]}
            self.stdout.write(orjson.dumps(content, option=orjson.OPT_INDENT_2).decode())
            return
        for line in (*_lines(numbers), "", *_table(rows)):
            self.stdout.write(line)


def _lines(numbers: Platform) -> Iterator[str]:
    """A number a line; what is counted by name stands below, further in."""
    for name, value in asdict(numbers).items():
        label = name.replace("_", " ")
        if isinstance(value, dict):
            kind = label.partition(" by ")[2]
            yield from (f"{'    ' + kind + ' ' + (key or '-'):<32} {count:>12,}" for key, count in value.items())
        else:
            yield f"{label:<32} {_shown(value):>12}"


def _table(rows: tuple[Day, ...]) -> Iterator[str]:
    yield "  ".join(f"{name.replace('_', ' '):>10}" for name in DAY_COLUMNS)
    for row in rows:
        cells = (_shown(getattr(row, name)) for name in DAY_COLUMNS)
        yield "  ".join(f"{cell:>{max(10, len(name))}}" for cell, name in zip(cells, DAY_COLUMNS, strict=True))


def _shown(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:,}" if isinstance(value, int | float) else str(value)


def _days(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:6]) <= DAYS_MOST:
        raise ArgumentTypeError(_("%(text)r is no number of days from 1 to %(most)d.") % {"text": text, "most": DAYS_MOST})
    return int(text)
