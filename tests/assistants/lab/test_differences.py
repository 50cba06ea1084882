import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistants.lab.differences import LINES_MOST, WORDS_MOST, compare

texts = st.text(st.sampled_from("ab \n."), max_size=60)


def text_of(lines, *kinds):
    return ["".join(piece for piece, _ in line.pieces) for line in lines if line.kind in kinds]


def test_the_same_has_no_difference():
    assert compare("a\nb", "a\nb") == []


def test_changed_words_are_marked_in_their_lines():
    lines = compare("Be kind.\nAsk once.\nEnd.", "Be kind.\nAsk twice, then stop.\nEnd.")
    assert [line.kind for line in lines] == ["same", "old", "new", "same"]
    assert [piece for piece, is_changed in lines[1].pieces if is_changed] == ["once"]
    assert "".join(piece for piece, is_changed in lines[2].pieces if is_changed) == "twice, then stop"


def test_unchanged_lines_far_away_are_only_counted():
    many = [f"line {number}" for number in range(50)]
    lines = compare("\n".join(many), "\n".join([*many, "more"]))
    assert (lines[0].kind, lines[0].skipped) == ("gap", 48)
    assert text_of(lines, "new") == ["more"]


@given(texts, texts)
def test_old_and_new_lines_give_both_texts_back(old, new):
    lines = compare(f"{old}.", f"{new}.")
    if any(line.kind == "gap" for line in lines) or old == new:
        return
    assert text_of(lines, "same", "old") == f"{old}.".splitlines()
    assert text_of(lines, "same", "new") == f"{new}.".splitlines()


@pytest.mark.parametrize("old", ["a " * WORDS_MOST, "a\n" * LINES_MOST], ids=["words", "lines"])
def test_what_would_take_long_is_shown_whole(old):
    lines = compare(old + "b", old + "c c")
    assert {line.kind for line in lines} == {"old", "new"}
    assert not any(is_changed for line in lines for _piece, is_changed in line.pieces)
