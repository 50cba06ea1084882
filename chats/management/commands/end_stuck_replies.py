"""`manage.py end_stuck_replies`: replies that nobody will write any more get an end."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from chats.stuck import LEAST, end_stuck
from gptlab.command_line import Progress, add_dry_run, duration, say_dry_run


class Command(BaseCommand):
    help = (
        "Ends replies that have been queued or written for longer than any reply can take, and that no worker holds: what had "
        "arrived is kept, and their chats can go on with Try again. Workers do this by themselves within minutes; this also "
        "works where none runs, and without Redis. Running it again ends nothing more."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        words = _("Asked for so long ago: 30m, 1h (default), 2d. At least 20m.")
        parser.add_argument("--older-than", type=_age, default="1h", metavar="AGE", help=words)
        add_dry_run(parser)

    def handle(self, *, older_than: timedelta, dry_run: bool, **options: Any) -> None:
        progress = Progress(_("Ended:"))
        count = end_stuck(older_than=older_than, now=timezone.now(), dry_run=dry_run, tell=progress)
        progress.end()
        self.stdout.write(_("%(count)d stuck replies ended.") % {"count": count})
        say_dry_run(self.stdout, dry_run=dry_run)


def _age(text: str) -> timedelta:
    age = duration(text)
    if age < LEAST:
        raise ArgumentTypeError(_("%(text)s is less than 20m: a reply may take that long, and comes by itself.") % {"text": text})
    return age
