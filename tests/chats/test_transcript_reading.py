"""What is a transcript, and what is said of a file that is none."""

import copy
import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chats.errors import UnfitTranscript
from chats.transcript_reading import MOST_MESSAGES, read
from tests.chats.conftest import NOW

AT = NOW.isoformat()
REPLY = {"role": "assistant", "turn": 0, "text": "Hello.", "at": AT, "state": "done", "model": "m", "variant": 2, "liked": True}
SAID = {"role": "user", "turn": 1, "text": "Why?", "at": AT}
WHOLE = {
    "format": "gptlab-transcript",
    "version": 1,
    "session": "7f0c1d1e-0d8a-4a54-9d2c-2f1f2c4f6a01",
    "title": "On ice",
    "assistant": {"code": "7K3QX9MZT2HD0VWN5B8R", "name": "Sam"},
    "status": "completed",
    "started_at": AT,
    "recap": "In short.",
    "messages": [REPLY, SAID, REPLY | {"turn": 1, "liked": None}, SAID | {"turn": 4, "text": None, "damaged": True}],
}
MISSING = object()


def changed(*path, to):
    data = copy.deepcopy(WHOLE)
    place = data
    for step in path[:-1]:
        place = place[step]
    if to is MISSING:
        del place[path[-1]]
    else:
        place[path[-1]] = to
    return data


def read_back(data):
    return read(json.dumps(data).encode(), now=NOW)


def test_all_that_was_written_is_read():
    found = read_back(WHOLE | {"a field of tomorrow": 1})
    assert (found.title, found.code, found.status, found.recap) == ("On ice", "7K3QX9MZT2HD0VWN5B8R", "completed", "In short.")
    assert [(line.turn, line.text, line.is_reply, line.at) for line in found.lines] == [
        (0, "Hello.", True, NOW),
        (1, "Why?", False, NOW),
        (1, "Hello.", True, NOW),
        (4, None, False, NOW),
    ]
    assert (found.lines[0].model, found.lines[0].variant, found.lines[0].liked) == ("m", 2, True)


def test_a_reply_that_was_being_written_was_interrupted():
    assert read_back(changed("messages", 0, "state", to="running")).lines[0].state == "interrupted"


WRONG = [
    (("format",), "chatgpt", "no transcript of a chat"),
    (("version",), 2, "1 can be read"),
    (("version",), MISSING, "1 can be read"),
    (("messages",), {}, "“messages” of the head must be a list"),
    (("messages",), [], "1 to 10,000 messages"),
    (("messages",), [SAID] * (MOST_MESSAGES + 1), "1 to 10,000 messages"),
    (("messages", 1), "Why?", "message 2 is no JSON object"),
    (("assistant",), None, "the assistant is no JSON object"),
    (("assistant", "code"), 7, "“code” of the assistant must be a text"),
    (("title",), MISSING, "“title” of the head must be a text"),
    (("recap",), 7, "“recap” of the head"),
    (("status",), "happy", "one of started, completed"),
    (("started_at",), "yesterday", "“started_at” of the head must be a time"),
    (("started_at",), "2026-11-23T12:00:00", "a time with its zone"),
    (("messages", 1, "at"), "2026-11-25T12:00:00+00:00", "“at” of message 2 must be a time with its zone, not in the future"),
    (("messages", 1, "at"), "0001-01-01T00:00:00+14:00", "“at” of message 2"),
    (("messages", 1, "at"), 7, "“at” of message 2"),
    (("messages", 1, "role"), "system", "one of user, assistant"),
    (("messages", 1, "text"), None, "“text” of message 2 must be a text"),
    (("messages", 1, "text"), " \n", "“text” of message 2 must be a message as one can send it"),
    (("messages", 1, "text"), "x" * 40_000, "and not too long"),
    (("messages", 1, "turn"), "1", "“turn” of message 2 must be a whole number"),
    (("messages", 1, "turn"), True, "“turn” of message 2"),
    (("messages", 1, "turn"), -1, "“turn” of message 2"),
    (("messages", 1, "turn"), 10**30, "“turn” of message 2"),
    (("messages", 0, "state"), "asleep", "one of pending, running"),
    (("messages", 0, "state"), ["done"], "one of pending, running"),
    (("messages", 0, "model"), MISSING, "“model” of message 1"),
    (("messages", 0, "variant"), 1.5, "“variant” of message 1"),
    (("messages", 0, "liked"), "yes", "true, false or null"),
    (("messages", 2, "turn"), 2, "Message 3 of the transcript is out of order"),
    (("messages", 1, "turn"), 0, "Message 2 of the transcript is out of order"),
    (("messages", 3, "turn"), 1, "Message 4 of the transcript is out of order"),
]


@pytest.mark.parametrize(("path", "value", "words"), WRONG, ids=[f"{n}" for n in range(len(WRONG))])
def test_what_does_not_fit_is_told_with_its_place(path, value, words):
    with pytest.raises(UnfitTranscript) as caught:
        read_back(changed(*path, to=value))
    assert words in str(caught.value)
    assert caught.value.field == "transcript"


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"{", b"[" * 100_000, b'"\\ud800"', b"NaN", b"null", b"[]", b"7"])
def test_what_is_no_json_object_is_told_so(data):
    with pytest.raises(UnfitTranscript, match=r"no JSON|no transcript"):
        read(data, now=NOW)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)


@given(values)
def test_whatever_stands_in_a_field_is_taken_or_told(value):
    for path in (("messages",), ("messages", 0), ("messages", 1, "text"), ("assistant",), ("status",), ("version",)):
        with suppress(UnfitTranscript):
            read_back(changed(*path, to=value))
