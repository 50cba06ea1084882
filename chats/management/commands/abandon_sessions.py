"""`manage.py abandon_sessions`: sessions left alone get a status that says so."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from chats.abandoning import abandon
from gptlab.command_line import add_dry_run, duration, say_dry_run


class Command(BaseCommand):
    help = (
        "Sessions in which nothing was said for a while become user_abandoned; upstream_failed where the last reply failed at "
        "the provider, system_abandoned where it failed here. Nothing is deleted, and whoever says something there opens the "
        "session again. Running it again changes nothing more; once a day is often enough."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--older-than", type=duration, default="7d", help="Without a word for so long: 90m, 12h, 7d (default), 2w."
        )
        add_dry_run(parser)

    def handle(self, *, older_than: timedelta, dry_run: bool, **options: Any) -> None:
        counts = abandon(older_than=older_than, now=timezone.now(), dry_run=dry_run)
        parts = ", ".join(f"{count} {status}" for status, count in counts.items())
        self.stdout.write(f"{sum(counts.values())} sessions left alone: {parts}.")
        say_dry_run(self.stdout, dry_run=dry_run)
