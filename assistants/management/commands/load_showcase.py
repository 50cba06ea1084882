"""`manage.py load_showcase`: the house assistants, from files into the database."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from assistants import showcase
from gptlab.command_line import add_dry_run, say_dry_run
from gptlab.crypto import Damaged


class Command(BaseCommand):
    help = (
        "Brings the house assistants of assistants/showcase/*.toml into the database. Makes those that are missing, "
        "publishes a new version where a prompt or setting changed, and updates names and other visible texts. Codes stay "
        "the same, and a chat stays on the version it began with. Whether an assistant is showcased, listed or retired is "
        "decided in the admin and is kept. Assistants that people made are never touched. Running it again changes "
        "nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_dry_run(parser)

    def handle(self, *, dry_run: bool, **options: Any) -> None:
        try:
            entries = showcase.read()
            loaded = showcase.load(entries, now=timezone.now(), dry_run=dry_run)
        except showcase.InvalidShowcase as error:
            raise CommandError(f"Nothing was loaded.\n{error}") from error
        except Damaged as error:
            raise CommandError(
                "Nothing was loaded: the stored prompts don't open with PROMPT_KEYS. Were the keys replaced?"
            ) from error
        self.stdout.write(
            f"{len(entries)} house assistants: {loaded.created} made, {loaded.versions} with a new version, "
            f"{loaded.profiles} with new texts, {loaded.unchanged} as before."
        )
        say_dry_run(self.stdout, dry_run=dry_run)
