import pytest

from gptlab.typed import whole_number


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("007", 7), ("12345678", 12_345_678)])
def test_digits_are_a_number(text, number):
    assert whole_number(text) == number


@pytest.mark.parametrize("text", ["", "x", "-1", "1.5", "1e3", " 1", "٣", "²", "\0", "9" * 9, "9" * 5000])
def test_nothing_else_is(text):
    assert whole_number(text) is None
