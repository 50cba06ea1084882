"""`manage.py back_up FILE`: the database as one file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from gptlab import backups, local_secrets
from gptlab.command_line import Progress


class Command(BaseCommand):
    help = (
        "Writes the database, as it is at one moment, into one file that only you can read (0600), beside live traffic: SQLite "
        "by its own online backup, PostgreSQL by pg_dump. The file is there once it is whole and was looked at, and takes the "
        "place of an older backup of this name. The secrets are not in it: keep PEPPERS and PROMPT_KEYS apart from it. Redis "
        "needs no backup. Chats stay sealed in it, and open for who holds their API key, also those deleted later."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **options: Any) -> None:
        progress = Progress(_("Percent:"))
        try:
            made = backups.back_up(file, tell=progress)
        except backups.Unfit as error:
            raise CommandError(_("No backup was made: %(reason)s.") % {"reason": error}) from error
        except OSError as error:
            message = _("No backup was made: %(file)s: %(reason)s.") % {"file": file, "reason": error.strerror or error}
            raise CommandError(message) from error
        finally:
            progress.end()
        words = _("%(file)s has %(size)s bytes and %(migrations)d migrations.")
        self.stdout.write(words % {"file": file, "size": f"{made.size:,}", "migrations": made.migrations})
        self.stdout.write(_secrets())


def _secrets() -> str:
    if settings.PRODUCTION:
        return _("Not in it, and to be kept apart: PEPPERS, PROMPT_KEYS and your other settings.")
    path = settings.DATA / local_secrets.FILE_NAME
    return _("Not in it, and to be kept apart: the secrets, in %(path)s or in your settings.") % {"path": path}
