import sys

import pytest

from chats.leak_guard import StreamGuard, resemblance
from tests.chats.leak_guard.prompts import HARMLESS, SECRET, words


@pytest.fixture(scope="module", autouse=True)
def loaded() -> None:
    resemblance.load()


def test_the_same_words_in_another_order_are_alike():
    assert resemblance.is_alike(SECRET, " ".join(sorted(SECRET.split())))


def test_half_a_leak_in_a_text_that_resembles_the_prompt_is_one():
    def is_blocked(reply):
        guard = StreamGuard(SECRET)
        guard.feed(reply)
        guard.end()
        return guard.blocked

    other_words = " ".join(sorted(SECRET.split(), key=lambda word: word[::-1]))
    assert is_blocked(f"{words(9, 30)}. {other_words}")
    assert not is_blocked(f"{words(9, 30)}. {HARMLESS[0]}")
    assert not is_blocked(other_words)


@pytest.mark.parametrize("reply", [*HARMLESS, "", "!"])
def test_talk_on_the_topic_is_not(reply):
    assert not resemblance.is_alike(SECRET, reply)


def test_where_it_is_not_loaded_nothing_is_alike(monkeypatch):
    monkeypatch.delitem(sys.modules, "sklearn.feature_extraction.text")
    assert not resemblance.is_alike(SECRET, SECRET)
