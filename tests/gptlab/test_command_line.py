import io
from datetime import timedelta

import pytest
from django.core.management import CommandError

from gptlab.command_line import Progress, ask_secret, duration


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("text", "span"), [("90m", timedelta(minutes=90)), ("12h", timedelta(hours=12)), ("7d", timedelta(days=7)),
                       ("2w", timedelta(weeks=2)), ("30", timedelta(days=30))]
)  # fmt: skip
def test_a_duration_is_read_as_it_is_typed(text, span):
    assert duration(text) == span


def test_progress_is_told_now_and_then(monkeypatch):
    clock = iter([0.0, 0.1, 0.3, 0.4])
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    progress = Progress("Deleted:", stream=(stream := Terminal()))
    for done in (1, 2000, 3000):
        progress(done)
    assert stream.getvalue() == "\rDeleted: 2,000"


def test_in_a_log_it_is_a_line_every_few_seconds(monkeypatch):
    clock = iter([0.0, 4.0, 5.5, 6.0])
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    progress = Progress("Deleted:", stream=(stream := io.StringIO()))
    for done in (1, 2, 3):
        progress(done)
    progress.end()
    assert stream.getvalue() == "Deleted: 2\n"


def test_a_secret_comes_from_the_environment(monkeypatch):
    monkeypatch.setenv("GPTLAB_CHECK_KEY", "sk-1")
    assert ask_secret(variable="GPTLAB_CHECK_KEY", question="?") == "sk-1"


def test_without_a_terminal_the_variable_is_named(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(CommandError, match="GPTLAB_CHECK_KEY") as refusal:
        ask_secret(variable="GPTLAB_CHECK_KEY", question="?")
    assert refusal.value.returncode == 2


def test_two_different_ones_are_refused(monkeypatch):
    monkeypatch.setattr("sys.stdin", Terminal())
    typed = iter(["one", "two"])
    monkeypatch.setattr("getpass.getpass", lambda question: next(typed))
    with pytest.raises(CommandError, match="two different"):
        ask_secret(variable="GPTLAB_CHECK_KEY", question="?", again="Again?")
