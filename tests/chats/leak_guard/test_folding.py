import pytest
from hypothesis import given
from hypothesis import strategies as st

from chats.leak_guard.folding import fold, letters


@pytest.mark.parametrize(
    "written",
    [
        "HONEY",
        "hóñèÿ",
        "ｈｏｎｅｙ",
        "𝐡𝐨𝐧𝐞𝐲",
        "h\u200bo\u200dn\ufeffey",
        "һоnеу",
        "ⓗⓞⓝⓔⓨ",
        "🇭🇴🇳🇪🇾",
        "🅷🅾🅽🅴🆈",
        "h\u0336o\u0337n\u0338e\u0335y",
    ],
)
def test_styled_letters_fold_to_plain_ones(written):
    assert fold(written) == letters(written) == "honey"


def test_digits_and_punctuation_stay_but_are_no_letters():
    assert fold("Rule 1: No!") == "rule 1: no!"
    assert letters("Rule 1: No!") == "ruleno"


def test_letters_of_other_scripts_stay():
    assert letters("小红书 ЖЫ") == "小红书жы"


@given(st.text(), st.text())
def test_pieces_fold_like_the_whole(one, other):
    assert letters(one) + letters(other) == letters(one + other)
