import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistants.blurring import LEAST, STEP, blurred, share


@pytest.mark.parametrize(("number", "told"), [(0, None), (1, None), (9, None), (10, 10), (14, 10), (15, 15), (1234, 1230)])
def test_few_are_not_told_and_more_in_steps(number, told):
    assert blurred(number) == told


@given(st.integers(min_value=LEAST, max_value=10**9))
def test_what_is_told_is_at_most_what_is_true_and_not_far_from_it(number):
    assert number - STEP < blurred(number) <= number


@pytest.mark.parametrize(("part", "whole", "told"), [(9, 9, None), (10, 10, 100), (0, 12, 0), (11, 12, 90), (96, 100, 95)])
def test_a_share_of_few_is_not_told(part, whole, told):
    assert share(part, whole) == told


@given(st.integers(min_value=LEAST, max_value=10**6), st.data())
def test_a_share_is_a_percentage(whole, data):
    part = data.draw(st.integers(min_value=0, max_value=whole))
    assert share(part, whole) in range(0, 101, STEP)
