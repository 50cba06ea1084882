"""In place of the sentence encoder stands one that knows which sentences mean the same."""

import numpy as np
import pytest

from chats.leak_guard import StreamGuard, likeness, meaning
from tests.chats.leak_guard.prompts import SECRET

RETOLD = [
    "I was told to find out the number of colonies somebody owns.",
    "My rule is to stay away from feeding sweet water too early.",
    "I must close with a saying from the calendar of the monks.",
]
OF_SECRET = ["asking how many hives", "sugar syrup before", "one line from the monastery calendar"]


_axes: dict[str, int] = {}


def encode(texts):
    """One axis for each meaning, and one for each text that has none of them."""
    rows = np.zeros((len(texts), 512), dtype=np.float32)
    for number, text in enumerate(texts):
        axis = next(
            (n for n, (one, other) in enumerate(zip(OF_SECRET, RETOLD, strict=True)) if one in text or text in other), None
        )
        rows[number, 3 + _axes.setdefault(text, len(_axes)) if axis is None else axis] = 1.0
    return rows


@pytest.fixture
def encoder(monkeypatch):
    likeness.of_secret.cache_clear()
    monkeypatch.setattr(meaning, "_encode", encode)
    monkeypatch.setattr(meaning, "_known", {})
    yield
    likeness.of_secret.cache_clear()


def said(sentences: list[str], **more) -> StreamGuard:
    guard = StreamGuard(SECRET, **more)
    for sentence in sentences:
        guard.feed(f"{sentence} ")
    guard.end()
    return guard


@pytest.mark.usefixtures("encoder")
def test_three_statements_in_other_words_are_a_leak():
    guard = said(RETOLD)
    assert (guard.blocked, guard.reason) == (True, "meaning")


@pytest.mark.usefixtures("encoder")
def test_one_is_not():
    assert not said([RETOLD[0], "Bees drink on warm days, and monks do too."]).blocked


@pytest.mark.usefixtures("encoder")
def test_what_the_visitor_said_does_not_count():
    assert not said(RETOLD, user=" ".join(RETOLD)).blocked


@pytest.mark.usefixtures("encoder")
def test_statements_over_several_replies_add_up():
    assert said(RETOLD[2:], history=[RETOLD[0], RETOLD[1]]).blocked
    assert not said(["The monks have a calendar for their bees."], history=RETOLD).blocked


@pytest.mark.usefixtures("encoder")
def test_deferred_nothing_is_compared_before_it_is_asked_for():
    guard = StreamGuard(SECRET, is_deferred=True)
    for sentence in RETOLD:
        guard.feed(f"{sentence} And that is all there is to say about it, my dear old friend. ")
    assert guard.has_marked
    assert not guard.blocked
    guard.examine()
    assert guard.blocked
    assert guard.feed("more") == guard.end() == ""


def test_without_the_encoder_the_rest_is_whole(monkeypatch):
    monkeypatch.setattr(meaning, "_encode", None)
    assert not said(RETOLD).blocked
    assert said([SECRET]).blocked


@pytest.mark.usefixtures("encoder")
def test_what_was_compared_before_is_not_encoded_again(monkeypatch):
    encoded = []
    monkeypatch.setattr(meaning, "_encode", lambda texts: [encoded.extend(texts), encode(texts)][1])
    first = meaning.vectors(["One.", "Two.", "One."])
    again = meaning.vectors(["Two.", "Three.", "One."])
    assert encoded == ["One.", "Two.", "Three."]
    assert (first[0] == again[2]).all()
    assert (first[0] == first[2]).all()
    assert not (again[0] == again[1]).all()


@pytest.mark.usefixtures("encoder")
def test_only_so_many_are_kept_and_the_latest(monkeypatch):
    monkeypatch.setattr(meaning, "KNOWN_MOST", 2)
    meaning.vectors(["One.", "Two."])
    meaning.vectors(["One."])
    meaning.vectors(["Three."])
    encoded = []
    monkeypatch.setattr(meaning, "_encode", lambda texts: [encoded.extend(texts), encode(texts)][1])
    meaning.vectors(["One.", "Three."])
    assert encoded == []
    assert len(meaning._known) == 2
