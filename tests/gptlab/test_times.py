from datetime import timedelta

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
