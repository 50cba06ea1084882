"""What commands share: durations as one types them, how far long work has come, questions that no echo answers, exit codes.

0: done. 1: something failed, or was found. 2: the command was used wrongly.
"""

import getpass
import os
import re
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TextIO

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

FOUND, USAGE = 1, 2
Tell = Callable[[int], None]  # told how many are done so far

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks", "": "days"}


def duration(text: str) -> timedelta:
    found = re.fullmatch(r"([0-9]{1,5})([mhdw]?)", text)
    if found is None:
        raise ArgumentTypeError(
            _("%(text)r is no duration. Write a number and m, h, d or w: 90m, 12h, 7d, 2w; without a letter, days.")
            % {"text": text}
        )
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def add_dry_run(parser: ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help=_("Only say what would change."))


def say_dry_run(stdout: Any, *, dry_run: bool) -> None:
    if dry_run:
        stdout.write(_("Dry run: nothing of this was written."))


def tell_nobody(done: int) -> None:
    """For who waits for the end."""


class Progress:
    """Writes how far the work is, now and then: often on a terminal, where each line takes the place of the last one."""

    ON_TERMINAL, ELSEWHERE = 0.2, 5.0  # seconds between two lines

    def __init__(self, words: str, *, stream: TextIO | None = None) -> None:
        self._words = words
        self._stream = stream or sys.stderr
        self._is_terminal = self._stream.isatty()
        self._pause = self.ON_TERMINAL if self._is_terminal else self.ELSEWHERE
        self._last = time.monotonic()

    def __call__(self, done: int) -> None:
        now = time.monotonic()
        if now - self._last >= self._pause:
            self._last = now
            line = f"{self._words} {done:,}"
            self._stream.write(f"\r{line}" if self._is_terminal else f"{line}\n")
            self._stream.flush()

    def end(self) -> None:
        if self._is_terminal:
            self._stream.write("\r\x1b[K")


def ask_secret(*, variable: str, question: str, again: str = "") -> str:
    """From the environment, for programs; else typed, twice where `again` asks so. Never an argument: `ps` shows those."""
    if given := os.environ.get(variable, ""):
        return given
    if not sys.stdin.isatty():
        message = _("Nobody is here to ask. Put it into the environment as %(variable)s.")
        raise CommandError(message % {"variable": variable}, returncode=USAGE)
    typed = getpass.getpass(question)
    if again and typed != getpass.getpass(again):
        raise CommandError(_("These were two different ones. Nothing was done."), returncode=USAGE)
    return typed
