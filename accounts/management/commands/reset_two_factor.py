"""`manage.py reset_two_factor NAME`: for who has lost phone and recovery codes."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import moderators, two_factor
from gptlab.command_line import FOUND, add_dry_run, say_dry_run


class Command(BaseCommand):
    help = (
        "Takes away the second factor of a member of the staff, who can then sign in with the password alone, or has to set up "
        "another one. It is noted in the audit log. Running it again changes nothing. Exits with 1 if there is no such person."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help=_("The user name."))
        add_dry_run(parser)

    def handle(self, *, name: str, dry_run: bool, **options: Any) -> None:
        user = moderators.find(name)
        if user is None:
            raise CommandError(_("There is no %(name)s.") % {"name": name}, returncode=FOUND)
        is_on = two_factor.of(user) is not None
        if is_on and not dry_run:
            two_factor.reset(user, by=None, now=timezone.now())
        words = _("%(name)s had a second factor: taken away.") if is_on else _("%(name)s has none.")
        self.stdout.write(words % {"name": name})
        say_dry_run(self.stdout, dry_run=dry_run)
