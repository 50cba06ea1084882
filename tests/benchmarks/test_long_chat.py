"""What the benchmark of long chats calls wrong."""

import pytest

from benchmarks.recorder import kind_of, words
from benchmarks.remembered import Examination, flat
from chats import naming
from chats.condensing.summarising import RULES


def message(number):
    return f"Fact {number:016x}: and so on."


SAID = [message(number) for number in range(41)]  # an opening and twenty turns
NOTES = [f"Fact {'a' * 15}{number}: notes." for number in range(3)]


def reply(turn, first=0, notes=None):
    """The request for the reply to this turn, with the messages from `first` on."""
    before = [["user", f"Here are the notes. {NOTES[notes]}"], ["assistant", "Thank you."]] if notes is not None else []
    said = [["user", text] for text in SAID[first : 2 * turn]]
    return {"kind": "reply", "messages": [["system", "Be kind."], *before, *said], "text": ""}


def asked(number, first, end, before=""):
    source = "\n\n".join([before, *SAID[first:end]])
    return {"kind": "notes", "messages": [["system", "Notes."], ["user", source]], "text": NOTES[number]}


def examined(*sent, most=None, budget=1_000):
    return Examination(sent, SAID, size=len, budget=budget, most=most)


GOOD = [
    *(reply(turn) for turn in range(5)),
    asked(0, 0, 5),
    *(reply(turn, 5, 0) for turn in range(5, 10)),
    asked(1, 5, 15, before=NOTES[0]),
    *(reply(turn, 15, 1) for turn in range(10, 13)),
]


def test_a_chat_whose_notes_carry_all_that_drops_is_right():
    found = examined(*GOOD)
    assert (found.wrong, found.condensations, found.carried, found.notes_since) == ([], 2, 15, 5)


@pytest.mark.parametrize(
    ("place", "call", "word"),
    [
        (5, asked(0, 1, 5), "without 1 of the 5 messages"),
        (11, asked(1, 5, 15), "without the notes before"),
        (7, reply(6, 6, 0), "leaves out messages"),
        (12, reply(10, 15, 0), "leaves out messages"),
        (13, reply(11, 5, 0), "goes back"),
        (3, reply(2), "not made of the newest"),
    ],
)
def test_whatever_is_lost_is_found(place, call, word):
    sent = [*GOOD]
    sent[place] = call
    assert any(word in reason for reason in examined(*sent).wrong)


def test_a_request_over_the_budget_is_found():
    assert "takes 9 of 8 tokens" in examined(*GOOD[:5], budget=8).wrong[0]


def test_a_brainstorm_sees_its_last_messages_and_no_fewer():
    right = [reply(turn, max(0, 2 * turn - 4)) for turn in range(8)]
    assert examined(*right, most=4).wrong == []
    assert examined(*right[:7], reply(7, 11), most=4).wrong == ["request 7 has 3 messages"]


def test_flat_compares_the_ends():
    assert flat([1.0] * 100 + [9.0] * 50 + [2.0] * 100) == (1.0, 2.0, 2.0)
    assert flat([1.0, 3.0]) == (1.0, 3.0, 3.0)


def test_the_recorder_knows_what_the_product_asks_for():
    assert kind_of([["system", f"Recap.{RULES}"]]) == "notes"
    assert kind_of([["system", naming.PROMPT]]) == "title"
    assert kind_of([["system", "Be kind."]]) == "reply"
    assert words(3) != words(3)
