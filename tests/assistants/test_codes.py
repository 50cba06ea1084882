import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistants import codes
from assistants.models import CODE_ALPHABET, CODE_LENGTH, new_code
from gptlab.errors import Invalid

CODE = "7K3QX9MZT2HD0VW1N5B8"


@pytest.mark.parametrize(
    "typed",
    [
        CODE,
        CODE.lower(),
        "7K3QX-9MZT2-HD0VW-1N5B8",
        " 7k3qx 9mzt2 hd0vw 1n5b8\n",
        "7K3QX–9MZT2—HD0VW‑1N5B8",  # dashes that text editors make of hyphens
        "7K3QX\u00a09MZT2\u200bHD0VW\u20601N5B8",  # spaces and marks that nobody sees
        "7K3QX9MZT2HDOVWIN5B8",
        "7k3qx9mzt2hdovwin5b8",
        "7K3QX9MZT2HDOVWLN5B8",
        "7k3qx9mzt2hdovwln5b8",
    ],
)
def test_a_code_is_read_however_it_was_typed(typed):
    assert codes.normalise(typed) == CODE


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("٧" + CODE[1:], "٧"),  # digits of other scripts look like other numbers to other readers
        ("７" + CODE[1:], "７"),
        ("U" + CODE[1:], "U"),
        ("u" + CODE[1:], "u"),
        ("ı" + CODE[1:], "ı"),  # upper() would make it an I, and so a 1
        ("К" + CODE[1:], "К"),  # Cyrillic
        ("\0" + CODE[1:], "\0"),
        ("<" + CODE[1:], "<"),
    ],
)
def test_a_letter_that_no_code_has_is_named(typed, named):
    with pytest.raises(Invalid, match="is not one of them") as refusal:
        codes.normalise(typed)
    assert f"“{named}”" in str(refusal.value)
    assert refusal.value.field == "code"


@pytest.mark.parametrize(("typed", "count"), [(CODE[:-1], "19"), (CODE + "0", "21"), ("0" * 5000, "5000"), ("-", "0")])
def test_a_code_of_another_length_is_refused_with_its_length(typed, count):
    with pytest.raises(Invalid, match=f"This one has {count}\\."):
        codes.normalise(typed)


@given(st.text())
def test_any_text_gives_a_code_or_a_refusal(typed):
    try:
        code = codes.normalise(typed)
    except Invalid:
        return
    assert len(code) == CODE_LENGTH
    assert set(code) <= set(CODE_ALPHABET)


def test_new_codes_survive_grouping_and_lower_case():
    code = new_code()
    assert codes.grouped(CODE) == "7K3QX-9MZT2-HD0VW-1N5B8"
    assert codes.normalise(codes.grouped(code).lower()) == code
