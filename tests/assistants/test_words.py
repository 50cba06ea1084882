import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistants.words import pieces, searchable


@pytest.mark.parametrize(
    ("typed", "looked_for"),
    [
        ("", []),
        (" \t ", []),
        ("Ice CAFÉ", ["ice", "cafe"]),
        ("a ab", [" a", " ab"]),
        ("写作", [" 写 作 "]),
        ("gpt写作", ["gpt 写 作 "]),
        ("写作gpt", [" 写 作 gpt"]),
    ],
)
def test_what_is_typed_as_pieces_to_look_for(typed, looked_for):
    assert pieces(typed) == looked_for


def test_a_query_has_eight_words_at_most():
    assert len(pieces("word " * 50)) == 8


@given(st.lists(st.text(max_size=20), min_size=1, max_size=3))
def test_each_text_has_what_it_says_in_it(texts):
    found = searchable(texts)
    assert all(piece in found for piece in pieces("\n".join(texts)))
    assert searchable([found]) == found
