"""`manage.py export_assistants FILE`: the assistants of this installation, for another one."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from assistants import moving
from assistants.moving.file import PASSPHRASE_LEAST
from gptlab import private_file
from gptlab.command_line import USAGE, ask_secret
from gptlab.crypto import Damaged

VARIABLE = "GPTLAB_EXPORT_PASSPHRASE"


class Command(BaseCommand):
    help = (
        "Writes the house's assistants, and those that people have published by link or in the community, with their active "
        "version into one file that import_assistants takes elsewhere. Their prompts are secret: the file is sealed under a "
        f"passphrase, from {VARIABLE} or asked for, and only you can read it (0600). With --public it has those of the house and "
        "those whose prompt is open, in the clear. Drafts, private assistants, numbers and who made them are in neither."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--public", action="store_true", help=_("Only the house's and open prompts, without a passphrase."))

    def handle(self, *, file: Path, public: bool, **options: Any) -> None:
        try:
            entries = [each.entry() for each in moving.pack(only_public=public)]
        except Damaged as error:
            message = _("Nothing was written: a prompt does not open with PROMPT_KEYS. Is a key missing that it was made with?")
            raise CommandError(message) from error
        passphrase = "" if public else _passphrase()
        try:
            private_file.write(file, moving.written(entries, passphrase=passphrase))
        except OSError as error:
            message = _("%(file)s can't be written: %(reason)s.") % {"file": file, "reason": error.strerror or error}
            raise CommandError(message) from error
        audit.record(
            "exported assistants", by=None, now=timezone.now(), subject=str(len(entries)), detail="public" if public else ""
        )
        how = _("in the clear") if public else _("sealed: without the passphrase nobody opens it")
        self.stdout.write(_("%(count)d assistants are in %(file)s, %(how)s.") % {"count": len(entries), "file": file, "how": how})


def _passphrase() -> str:
    passphrase = ask_secret(variable=VARIABLE, question=_("A passphrase for the file: "), again=_("Once more: "))
    if len(passphrase) < PASSPHRASE_LEAST:
        message = _("A passphrase needs at least %(least)d characters: whoever has the file can guess for as long as they like.")
        raise CommandError(message % {"least": PASSPHRASE_LEAST}, returncode=USAGE)
    return passphrase
