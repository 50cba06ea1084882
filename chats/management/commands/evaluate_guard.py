"""How well the leak guard does on labelled replies: recall, false positives, and with --stream what was shown before a block."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from chats.leak_guard import evaluation, meaning, resemblance


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", type=Path, help="JSON lines of prompts and cases; chats/leak_guard/evaluation.py says what they hold"
        )
        parser.add_argument("--stream", action="store_true", help="in small chunks, as a provider sends it")
        parser.add_argument("--json", action="store_true", help="figures for a program")
        parser.add_argument("--without-meaning", action="store_true", help="as where the sentence encoder is not installed")

    def handle(self, *args: Any, file: Path, stream: bool, json: bool, without_meaning: bool, **options: Any) -> None:
        try:
            found = evaluation.cases(file)
        except OSError as error:
            raise CommandError(_("%(file)s can't be read: %(reason)s") % {"file": file, "reason": error.strerror}) from error
        except (ValueError, KeyError, TypeError) as error:
            raise CommandError(_("%(file)s does not hold labelled replies, one JSON object a line.") % {"file": file}) from error
        resemblance.load()
        if not without_meaning:
            meaning.load()
        figures = evaluation.evaluate(found, by_chunks=stream)
        if json:
            self.stdout.write(orjson.dumps(figures, option=orjson.OPT_INDENT_2).decode())
            return
        for name, groups in figures.items():
            for group, row in groups.items():
                self.stdout.write(f"{name:10}{group:22}" + "  ".join(f"{key} {value:g}" for key, value in row.items()))
