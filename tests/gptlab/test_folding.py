import pytest
from hypothesis import given
from hypothesis import strategies as st

from gptlab.folding import folded


@pytest.mark.parametrize(
    ("text", "plain"),
    [("Café", "cafe"), ("ÉCOLE", "ecole"), ("Straße", "strasse"), ("СЭМ", "сэм"), ("ﬁlm", "film"), ("İ", "i"), ("日本", "日本")],
)
def test_capitals_and_accents_make_no_difference(text, plain):
    assert folded(text) == plain


@given(st.text())
def test_what_is_folded_stays_as_it_is(text):
    assert folded(folded(text)) == folded(text)
