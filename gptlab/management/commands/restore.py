"""`manage.py restore FILE`: a backup becomes the database."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from gptlab import backups
from gptlab.command_line import FOUND, Progress, add_dry_run, say_dry_run
from gptlab.prompt_rotation import rotate


class Command(BaseCommand):
    help = (
        "Puts a file of back_up in the place of the database. First it looks whether the file is whole, and written by no later "
        "version; a database with anything in it is only replaced with --replace. All of it is one transaction: until it is "
        "through, and where it fails or is killed, the database is as it was. Stop web and workers before, and start them after "
        "it; the secrets must be those of the backup."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true", help=_("Also where the database has something in it."))
        add_dry_run(parser)

    def handle(self, *, file: Path, replace: bool, dry_run: bool, **options: Any) -> None:
        progress = Progress(_("Percent:"))
        try:
            found = backups.looked_at(file) if dry_run else backups.restore(file, replace=replace, tell=progress)
        except backups.NotEmpty as error:
            message = _("Nothing was restored: the database has something in it. Back that up, then add --replace.")
            raise CommandError(message) from error
        except backups.Unfit as error:
            message = _("Nothing was restored: %(file)s can't be used, %(reason)s.") % {"file": file, "reason": error}
            raise CommandError(message) from error
        except OSError as error:
            message = _("Nothing was restored: %(file)s: %(reason)s.") % {"file": file, "reason": error.strerror or error}
            raise CommandError(message) from error
        finally:
            progress.end()
        done = (
            _("%(file)s is fit to be restored: %(size)s bytes.")
            if dry_run
            else _("%(file)s is the database now: %(size)s bytes.")
        )
        self.stdout.write(done % {"file": file, "size": f"{found.size:,}"})
        say_dry_run(self.stdout, dry_run=dry_run)
        if found.behind:
            words = _("It is of an earlier version: %(count)d migrations are missing. Type: manage.py migrate")
            self.stdout.write(words % {"count": found.behind})
        elif not dry_run:
            _look_at_prompts()


def _look_at_prompts() -> None:
    if damaged := rotate(dry_run=True).damaged:
        message = _("%(count)d prompts in it open with none of your PROMPT_KEYS: give this installation those of the backup.")
        raise CommandError(message % {"count": damaged}, returncode=FOUND)
