import sys

import pytest

from chats.leak_guard import resemblance
from tests.chats.leak_guard.prompts import HARMLESS, SECRET


@pytest.fixture(scope="module", autouse=True)
def loaded() -> None:
    resemblance.load()


def test_the_same_words_in_another_order_are_alike():
    assert resemblance.is_alike(SECRET, " ".join(sorted(SECRET.split())))


@pytest.mark.parametrize("reply", [*HARMLESS, "", "!"])
def test_talk_on_the_topic_is_not(reply):
    assert not resemblance.is_alike(SECRET, reply)


def test_where_it_is_not_loaded_nothing_is_alike(monkeypatch):
    monkeypatch.delitem(sys.modules, "sklearn.feature_extraction.text")
    assert not resemblance.is_alike(SECRET, SECRET)
