"""`manage.py purge`: what is older than the operator wants to keep is deleted."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chats.purging import KINDS, LEAST, purge
from gptlab.command_line import USAGE, Progress, add_dry_run, duration, say_dry_run

WORDS = {
    "sessions": gettext_lazy("chats in which nothing was said for so long, with all that belongs to them"),
    "trials": gettext_lazy("test drives and comparisons of the Lab; marks stay in their tally"),
    "drafts": gettext_lazy("assistants that were begun, and nothing was ever typed into them"),
    "reports": gettext_lazy("reports that were closed so long ago"),
    "visitors": gettext_lazy("accounts not used for so long, with no chat and no assistant; never one that was shut out"),
}


class Command(BaseCommand):
    help = (
        "Deletes what is older than you want to keep, for good. With options, just these kinds; without any, what the setting "
        "RETENTION says, which by default is nothing. Works in small steps beside visitors: a chat that is gone on with stays. "
        "Running it again deletes nothing more; once a day is often enough. Try it with --dry-run first, and remember that "
        "older backups still have what was deleted."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        for kind in KINDS:
            parser.add_argument(f"--{kind}", type=_age, metavar="AGE", help=f"{WORDS[kind]} (30d, 52w)")
        add_dry_run(parser)

    def handle(self, *, dry_run: bool, **options: Any) -> None:
        ages = {kind: options[kind] for kind in KINDS if options[kind] is not None} or _retention()
        if not ages:
            self.stdout.write(_("Nothing is to be deleted: no option says so, nor does RETENTION."))
            return
        now = timezone.now()
        for kind in (each for each in KINDS if each in ages):
            progress = Progress(f"{kind}:")
            count = purge(kind, older_than=ages[kind], now=now, dry_run=dry_run, tell=progress)
            progress.end()
            self.stdout.write(f"{kind}: {count:,}")
        say_dry_run(self.stdout, dry_run=dry_run)


def _age(text: str) -> timedelta:
    age = duration(text)
    if age < LEAST:
        raise ArgumentTypeError(_("%(text)s is less than a day, and would delete what people are at.") % {"text": text})
    return age


def _retention() -> dict[str, timedelta]:
    try:
        ages = [part.strip().partition("=") for part in settings.RETENTION.split(",") if part.strip()]
        if unknown := {kind for kind, _is, _text in ages} - set(KINDS):
            raise ArgumentTypeError(_("there is no kind %(kind)s.") % {"kind": min(unknown)})
        return {kind: _age(text) for kind, _is, text in ages}
    except ArgumentTypeError as error:
        message = _("RETENTION can't be used: %(reason)s Its lines in .env.example show the form. Nothing was deleted.")
        raise CommandError(message % {"reason": error}, returncode=USAGE) from error
