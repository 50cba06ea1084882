from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts import visit_entry

from .conftest import NOW

TOKEN, OTHER_TOKEN = "A" * 43, "B" * 43
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(st.dictionaries(st.text(), json_values), st.datetimes(timezones=st.just(UTC)))
def test_what_was_sealed_opens_with_its_token(content: dict[str, Any], begun_at: datetime) -> None:
    sealed = visit_entry.seal(TOKEN, visit_entry.Entry(begun_at, content))
    assert visit_entry.unseal(TOKEN, sealed) == visit_entry.Entry(begun_at, content)
    assert visit_entry.unseal(OTHER_TOKEN, sealed) is None


def test_tokens_are_new_each_time_and_of_256_bits() -> None:
    tokens = {visit_entry.new_token() for _i in range(100)}
    assert len(tokens) == 100
    assert all(visit_entry.is_token(token) for token in tokens)


@pytest.mark.parametrize(
    "text", [None, "", "None", "A" * 42, "A" * 44, "A" * 42 + "\n", "A" * 42 + "!", "Ä" * 43, "A" * 1_000_000, " " + "A" * 42]
)
def test_what_has_not_the_form_of_a_token_is_none(text: str | None) -> None:
    assert not visit_entry.is_token(text)


def test_the_name_tells_neither_token_nor_key() -> None:
    name = visit_entry.name(TOKEN)
    assert name.startswith("visit:")
    assert len(name) == len("visit:") + 64
    assert TOKEN not in name
    assert visit_entry._key(TOKEN).hex() not in name
    assert name != visit_entry.name(OTHER_TOKEN)


@pytest.mark.parametrize("sealed", [None, b"", b"\x01", b"\x02" + b"x" * 60, b"x" * 60])
def test_what_is_not_there_or_damaged_is_nothing(sealed: bytes | None) -> None:
    assert visit_entry.unseal(TOKEN, sealed) is None


@pytest.mark.parametrize(
    ("after", "left"),
    [
        (timedelta(0), 1800),
        (timedelta(hours=11, minutes=30), 1800),
        (timedelta(hours=11, minutes=31), 29 * 60),
        (timedelta(hours=11, minutes=59, seconds=59), 1),
        (timedelta(hours=12), 0),
        (timedelta(days=3), 0),
    ],
)
def test_it_lasts_for_the_idle_time_but_not_past_twelve_hours(after: timedelta, left: int) -> None:
    assert visit_entry.seconds_left(NOW, now=NOW + after) == left


def test_an_entry_does_not_show_itself() -> None:
    assert "marker" not in repr(visit_entry.Entry(NOW, {"api_key": "marker"}))
