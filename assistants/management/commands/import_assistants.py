"""`manage.py import_assistants FILE`: assistants of another installation, from a file of export_assistants."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from assistants import moving
from assistants.management.commands.export_assistants import VARIABLE
from assistants.moving.file import MOST_BYTES
from gptlab.command_line import Progress, add_dry_run, ask_secret, say_dry_run
from gptlab.crypto import Damaged


class Command(BaseCommand):
    help = (
        "Takes the assistants of a file that export_assistants wrote. New ones become the house's, with their code; those that "
        "are here, by code or showcase key, get a new version where prompt or settings differ, and stay as visible as they are. "
        f"What people made here is left alone. A sealed file asks for its passphrase, or takes it from {VARIABLE}. All is "
        "checked before anything is written; running it again changes nothing, and finishes one that was killed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        add_dry_run(parser)

    def handle(self, *, file: Path, dry_run: bool, **options: Any) -> None:
        content = _content(file)
        progress = Progress(_("Looked at:"))
        try:
            arrived = moving.unpack(_entries(content), now=timezone.now(), dry_run=dry_run, tell=progress)
        except moving.Unusable as error:
            message = _("%(file)s can't be used: %(reason)s. Nothing was written.") % {"file": file, "reason": error}
            raise CommandError(message) from error
        except moving.WrongPassphrase as error:
            message = _("It does not open: the passphrase is another one, or the file was changed. Nothing was written.")
            raise CommandError(message) from error
        except Damaged as error:
            message = _("Stopped: a prompt that is here does not open with PROMPT_KEYS. Is a key missing that it was made with?")
            raise CommandError(message) from error
        finally:
            progress.end()
        words = _("%(made)d made, %(new)d with a new version or new texts, %(same)d as before, %(left)d left alone.")
        counts = {"made": arrived.created, "new": arrived.updated, "same": arrived.unchanged, "left": arrived.left_alone}
        self.stdout.write(words % {name: len(names) for name, names in counts.items()})
        for name in arrived.left_alone:
            self.stdout.write(_("Left alone, since somebody here made it or another one has its key: %(name)s") % {"name": name})
        say_dry_run(self.stdout, dry_run=dry_run)


def _content(file: Path) -> bytes:
    try:
        if file.stat().st_size > MOST_BYTES:
            raise CommandError(_("%(file)s is larger than such a file can be.") % {"file": file})
        return file.read_bytes()
    except OSError as error:
        raise CommandError(_("%(file)s can't be read: %(reason)s.") % {"file": file, "reason": error.strerror}) from error


def _entries(content: bytes) -> list[dict[str, Any]]:
    if not moving.is_sealed(content):
        return moving.read(content)
    return moving.read(content, passphrase=ask_secret(variable=VARIABLE, question=_("The passphrase of the file: ")))
