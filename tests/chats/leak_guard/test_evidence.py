import pytest

from chats.leak_guard.evidence import Evidence
from chats.leak_guard.secret import Secret
from tests.chats.leak_guard.prompts import SECRET


@pytest.fixture
def evidence() -> Evidence:
    return Evidence(Secret(SECRET))


def run(start: int, count: int) -> set[int]:
    return set(range(start, start + count))


def test_fifteen_words_are_enough(evidence):
    evidence.add(run(10, 14))
    assert not evidence.is_enough
    assert evidence.missing() == 1
    evidence.add(run(20, 5))
    assert evidence.is_enough


def test_the_same_words_count_once(evidence):
    for _ in range(5):
        evidence.add(run(10, 10))
    assert evidence.missing() == 5


def test_short_phrases_do_not_add_up(evidence):
    for start in range(0, 90, 9):
        evidence.add(run(start, 3))
        evidence.add(run(start, 5))
    assert not evidence.is_enough


def test_pieces_side_by_side_are_one_passage(evidence):
    evidence.add(run(10, 8))
    evidence.add(run(20, 5))
    assert evidence.is_enough


def test_less_is_enough_in_disguise(evidence):
    evidence.add(run(10, 9), disguised=True)
    assert evidence.is_disguised
    assert evidence.is_enough


def test_what_is_allowed_does_not_count_but_does_not_hide_the_rest(evidence):
    evidence.allow(run(0, 20))
    evidence.add(run(0, 20))
    assert evidence.missing() == 15
    evidence.add(run(15, 16))
    assert evidence.is_enough


def test_a_growing_match_counts_at_once(evidence):
    evidence.add(run(50, 8))
    assert evidence.missing(run(10, 5)) == 2


def test_an_earlier_reply_counts_only_along_with_this_one(evidence):
    evidence.add(run(10, 30))
    evidence.begin_reply()
    assert not evidence.is_enough
    assert evidence.missing() == 1
    evidence.add(run(60, 5))
    assert evidence.is_enough
