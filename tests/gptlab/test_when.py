from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from gptlab.when import seconds_until, when

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (timedelta(seconds=0.2), "in 1 s"),
        (timedelta(seconds=20), "in 20 s"),
        (timedelta(seconds=120), "in 120 s"),
        (timedelta(seconds=121), "in 3 min"),
        (timedelta(minutes=90), "in 90 min"),
        (timedelta(minutes=95), "at 15:35 UTC"),
        (timedelta(hours=11), "on 24 November at 01:00 UTC"),
    ],
)
def test_a_moment_to_wait_for_is_told_so_that_one_can(after, words):
    assert when(NOW + after, now=NOW) == words


def test_a_time_of_day_is_that_of_the_lab():
    with timezone.override("Europe/Paris"):
        assert when(NOW + timedelta(hours=2), now=NOW) == "at 17:00 CET"


def test_what_is_past_needs_no_waiting():
    assert (seconds_until(NOW, now=NOW), seconds_until(NOW - timedelta(days=1), now=NOW)) == (0, 0)
