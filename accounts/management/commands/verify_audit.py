"""`manage.py verify_audit`: whether anybody changed the audit log."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import audit
from gptlab.command_line import FOUND


class Command(BaseCommand):
    help = (
        "Walks the audit log and says which entries were changed, taken out or put in. Changes nothing. Note the newest digest "
        "that it prints somewhere else, and give it the next time as --newest: only so can missing entries at the end be seen. "
        "Exit code 1: something is wrong."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--newest", metavar="DIGEST", default="", help="The newest digest, as this printed it earlier.")

    def handle(self, *, newest: str, **options: Any) -> None:
        report = audit.verify(newest=newest.strip().lower())
        for finding in report.findings:
            self.stderr.write(f"Entry {finding.number}: {finding.what}.")
        self.stdout.write(f"{report.entries} entries, newest digest {report.newest or 'none'}.")
        if report.unsealed:
            self.stderr.write(
                f"{report.unsealed} entries are not sealed under any of PROMPT_KEYS: made under a key that is not listed any "
                "more, or by somebody who does not have it."
            )
        if report.findings or report.unsealed:
            raise CommandError("The audit log is not as it was written.", returncode=FOUND)
        self.stdout.write("Nothing was changed.")
