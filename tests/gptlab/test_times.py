from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils import timezone


@pytest.mark.parametrize(
    ("past", "words"),
    [
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=-5), "just now"),  # two machines, two clocks
        (timedelta(seconds=61), "1\xa0minute ago"),
        (timedelta(hours=3, minutes=20), "3\xa0hours ago"),
    ],
)
def test_how_long_ago_is_told_in_one_unit(past, words):
    context = Context({"moment": timezone.now() - past})
    assert Template("{% load times %}{{ moment|ago }}").render(context) == words


MOMENT = datetime(2026, 11, 23, 21, 5, tzinfo=UTC)


def shown(tag, zone="UTC"):
    with timezone.override(zone):
        return Template(f"{{% load times %}}{{% {tag} moment %}}").render(Context({"moment": MOMENT}))


def test_a_time_of_day_says_whose_and_has_its_day_beside_it():
    assert shown("clock") == (
        '<time datetime="2026-11-23T21:05:00+00:00" title="Nov. 23, 2026, 21:05 UTC" data-show="clock">21:05 UTC</time>'
    )


def test_a_day_is_the_day_where_the_server_is():
    assert ">Monday, Nov. 23, 2026</time>" in shown("day")
    assert ">Tuesday, Nov. 24, 2026</time>" in shown("day", "Asia/Tokyo")
    assert ">06:05 JST</time>" in shown("clock", "Asia/Tokyo")
