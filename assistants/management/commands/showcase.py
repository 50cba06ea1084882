"""`manage.py showcase CODE…`: put listed assistants on the showcase. `unshowcase` is the way back."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from assistants import showcasing
from gptlab.command_line import FOUND, add_dry_run, say_dry_run


class Command(BaseCommand):
    help = (
        "Puts assistants on the showcase, the first shelf of the Lounge. Only listed ones: what its maker keeps private or "
        "unlisted stays so. Running it again changes nothing. Exits with 1 if a code was refused; the others are done."
    )
    showcased = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("codes", nargs="+", metavar="CODE", help=_("As the assistant's page shows it; dashes don't matter."))
        add_dry_run(parser)

    def handle(self, *, codes: list[str], dry_run: bool, **options: Any) -> None:
        chosen = showcasing.choose(codes, showcased=self.showcased, dry_run=dry_run)
        words = _("%(changed)d put on the showcase, %(same)d on it before.")
        if not self.showcased:
            words = _("%(changed)d taken off the showcase, %(same)d not on it before.")
        self.stdout.write(words % {"changed": len(chosen.changed), "same": len(chosen.same)})
        say_dry_run(self.stdout, dry_run=dry_run)
        if not chosen.is_whole:
            lines = [_("%(code)s: no assistant has this code.") % {"code": code} for code in chosen.unknown]
            lines += [_("%(code)s: only listed assistants can be shown.") % {"code": code} for code in chosen.unlisted]
            raise CommandError("\n".join(lines), returncode=FOUND)
