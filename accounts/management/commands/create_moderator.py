"""`manage.py create_moderator NAME`: somebody who looks after assistants and reports in the admin."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import moderators
from gptlab.command_line import FOUND, USAGE, add_dry_run, ask_secret, say_dry_run
from gptlab.errors import Conflict, Invalid

VARIABLE = "GPTLAB_MODERATOR_PASSWORD"


class Command(BaseCommand):
    help = (
        f"Makes a member of the staff in the group {moderators.GROUP}, who may look after assistants and reports in the admin, "
        "and nothing else: no superuser. Secret prompts only with --may-read-prompts. The password comes from "
        f"{VARIABLE} or is asked for. Run again with the same name, it gives what is missing and keeps the password, unless "
        "--reset-password says otherwise."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--may-read-prompts", action="store_true", help=_("They may read secret prompts."))
        parser.add_argument("--reset-password", action="store_true", help=_("A new password; their visits to the admin end."))
        add_dry_run(parser)

    def handle(self, *, name: str, may_read_prompts: bool, reset_password: bool, dry_run: bool, **options: Any) -> None:
        needs_password = reset_password or moderators.find(name) is None
        try:
            password = _password(name) if needs_password and not dry_run else None
            with transaction.atomic():
                made = moderators.make(name=name, password=password, may_read_prompts=may_read_prompts, now=timezone.now())
                transaction.set_rollback(dry_run)
        except Invalid as error:
            raise CommandError(_("Nothing was done. %(reason)s") % {"reason": error}, returncode=USAGE) from error
        except Conflict as error:
            raise CommandError(_("Nothing was done. %(reason)s") % {"reason": error}, returncode=FOUND) from error
        self.stdout.write(_words(made, needs_password=needs_password) % {"name": name})
        say_dry_run(self.stdout, dry_run=dry_run)
        if may_read_prompts and not made.may_read_prompts:
            message = _("This GPT Lab has no right to read prompts yet, so %(name)s did not get it. All else is done.")
            raise CommandError(message % {"name": name}, returncode=FOUND)


def _password(name: str) -> str:
    password = ask_secret(variable=VARIABLE, question=_("A password for %(name)s: ") % {"name": name}, again=_("Once more: "))
    moderators.check_password(name, password)
    return password


def _words(made: moderators.Made, *, needs_password: bool) -> str:
    if made.is_new:
        return _("%(name)s is a moderator now.")
    if needs_password:
        return _("%(name)s has a new password.")
    return _("%(name)s has more rights now.") if made.changed else _("%(name)s is a moderator already. Nothing was changed.")
