"""`manage.py rotate_secrets`: what old server secrets still hold is brought under the newest ones."""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from accounts import audit, credentials
from accounts.models import Credential
from gptlab.command_line import FOUND, Progress, add_dry_run, say_dry_run
from gptlab.prompt_rotation import Rotated, rotate


class Command(BaseCommand):
    help = (
        "Seals prompts, drafts and reports anew with the first of PROMPT_KEYS, and says which older secrets may go. To rotate, "
        "put a new secret first in its list, start every process again, run this, and then take the old one away where this says "
        "so. Works in small steps beside visitors; a run that was killed is finished by the next one, and running it again "
        "changes nothing. Exits with 1 if something opens with none of the keys."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        words = _("The day (2026-11-27, UTC) on which the first of PEPPERS was put there: then it is known who came back since.")
        parser.add_argument("--pepper-since", type=_day, metavar="DATE", help=words)
        add_dry_run(parser)

    def handle(self, *, pepper_since: datetime | None, dry_run: bool, **options: Any) -> None:
        progress = Progress(_("Looked at:"))
        rotated = rotate(dry_run=dry_run, tell=progress)
        progress.end()
        if not dry_run and not rotated.damaged:
            self.stdout.write(_("Audit log: %(count)d entries sealed anew.") % {"count": audit.reseal()})
            if rotated.renewed:
                audit.record("rotated secrets", by=None, now=timezone.now())
        for line in (*_prompts(rotated, dry_run=dry_run), *_peppers(pepper_since), *_worker_keys()):
            self.stdout.write(line)
        say_dry_run(self.stdout, dry_run=dry_run)
        if rotated.damaged:
            message = _("%(count)d texts open with none of PROMPT_KEYS. Is a key missing that they were made with? Drop none.")
            raise CommandError(message % {"count": rotated.damaged}, returncode=FOUND)


def _prompts(rotated: Rotated, *, dry_run: bool) -> Iterator[str]:
    words = _("PROMPT_KEYS: %(renewed)d texts encrypted anew, %(current)d under the newest key before.")
    yield words % {"renewed": rotated.renewed, "current": rotated.current}
    if rotated.changed:
        yield _("%(count)d were changed by others meanwhile: run this once more.") % {"count": rotated.changed}
    older = len(settings.PROMPT_KEYS) - 1
    if older and not rotated.changed and not rotated.damaged and not (dry_run and rotated.renewed):
        words = _("The %(older)d older ones may go, if every process was started with the newest; backups from before need them.")
        yield words % {"older": older}


def _peppers(since: datetime | None) -> Iterator[str]:
    """No row says under which pepper it stands. What can be known is who has not signed in since."""
    older, total = len(settings.PEPPERS) - 1, Credential.objects.count()
    if not older:
        yield _("PEPPERS: there is only one, and it must stay.")
        return
    left = credentials.not_renewed(since=since)
    if since is None:
        yield _("PEPPERS: which of the %(total)d keys are under an older one can't be known: they are renewed at sign-in.") % {
            "total": total
        }
        yield _("Keep all, or say with --pepper-since when the newest came: then those that nobody used since are counted.")
    elif left:
        words = _("PEPPERS: %(left)d of %(total)d keys were not used since, and are under one of the %(older)d older ones.")
        yield words % {"left": left, "total": total, "older": older}
        yield _("Which one can't be known. Keep them all: without theirs these keys find their accounts and chats no more.")
    else:
        words = _("PEPPERS: all %(total)d keys were used since. The %(older)d older ones may go; older backups need them.")
        yield words % {"total": total, "older": older}


def _worker_keys() -> Iterator[str]:
    older, minutes = len(settings.WORKER_KEYS) - 1, settings.RELAY_SECONDS // 60
    if older:
        words = _("WORKER_KEYS: the %(older)d older ones may go %(minutes)d minutes after every process has the newest.")
        yield words % {"older": older, "minutes": minutes}
    else:
        yield _("WORKER_KEYS: there is only one, and it must stay.")


def _day(text: str) -> datetime:
    """The end of it: who came earlier that day may have come before the pepper."""
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise ArgumentTypeError(_("%(text)r is no date. Write it like 2026-11-27.") % {"text": text})
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)
