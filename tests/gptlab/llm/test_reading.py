import random

import pytest

from gptlab.llm import chat, completion, errors, reading, responses
from gptlab.llm.messages import Delta, Finish, Usage
from gptlab.llm.reading import Reading
from tests.fakes.wire_cases import CASES, COMPLETIONS, DONE, HELLO, RESPONSES_HELLO, WireCase, delta

ENDPOINTS = {"chat": chat, "responses": responses, "completions": completion}
EVERY = {f"{name}: {what}": (ENDPOINTS[name], case) for name, cases in CASES.items() for what, case in cases.items()}


def read(chunks, endpoint=chat):
    """Text, end (a reason or an error's code) and usage, as a reader of the stream gets them."""
    taken = Reading(endpoint.Reader())
    events = []
    for chunk in chunks:
        events += taken.feed(chunk)
        if taken.done:
            break
    events += taken.close()
    failure = taken.failure()
    text = "".join(event.text for event in events if isinstance(event, Delta))
    finishes = [event.reason for event in events if isinstance(event, Finish)]
    usages = [event for event in events if isinstance(event, Usage)]
    assert len(finishes) == (0 if failure else 1)
    assert all(event.text for event in events if isinstance(event, Delta))
    return text, failure.code if failure else finishes[0], usages[0] if usages else None


def expected(case: WireCase):
    return case.text, case.end, case.usage


@pytest.mark.parametrize(("endpoint", "case"), EVERY.values(), ids=EVERY)
def test_stream_is_read(endpoint, case):
    assert read(case.chunks, endpoint) == expected(case)


@pytest.mark.parametrize(("endpoint", "case"), EVERY.values(), ids=EVERY)
def test_stream_reads_the_same_however_it_is_cut(endpoint, case):
    data, dice = b"".join(case.chunks), random.Random(1)
    for _ in range(5):
        cuts = sorted(dice.sample(range(len(data) + 1), min(len(data), 40)))
        chunks = [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]
        assert read([chunk for chunk in chunks if chunk], endpoint) == expected(case)


def test_usage_comes_last_and_once():
    taken = Reading(chat.Reader())
    case = CASES["chat"]["usage in every event"]
    events = [event for chunk in case.chunks for event in taken.feed(chunk)]
    assert not any(isinstance(event, Usage) for event in events)
    assert taken.close() == [case.usage]


def test_text_before_an_error_in_the_same_chunk_is_kept():
    taken = Reading(chat.Reader())
    assert taken.feed(delta("Hel") + b'data: {"error": {"code": "insufficient_quota"}}\n\n') == [Delta("Hel")]
    assert taken.done
    assert isinstance(taken.failure(), errors.QuotaExceeded)


@pytest.mark.parametrize(
    ("data", "how", "code"),
    [
        (b"", errors.TimedOut, "timeout"),
        (delta("Hel"), errors.TimedOut, "timeout"),
        (b"", errors.ServerFailed, "server_error"),
        (delta("Hel"), errors.ServerFailed, "interrupted"),
    ],
)
def test_broken_stream_is_named_by_how_it_broke_and_what_had_come(data, how, code):
    taken = Reading(chat.Reader())
    taken.feed(data)
    assert taken.failure(how()).code == code


def test_whole_reply_does_not_fail_when_the_line_breaks_afterwards():
    taken = Reading(chat.Reader())
    taken.feed(HELLO)
    assert taken.failure(errors.ServerFailed()) is None


def test_endless_stream_ends(monkeypatch):
    monkeypatch.setattr(reading, "STREAM_MOST_BYTES", 100_000)
    taken, fed = Reading(chat.Reader()), 0
    while not taken.done:
        taken.feed(delta("x"))
        fed += 1
    assert fed < 2000
    assert taken.failure().code == "interrupted"


@pytest.mark.parametrize(
    ("endpoint", "data", "is_over"),
    [
        (chat, HELLO, False),
        (responses, RESPONSES_HELLO, True),
        (completion, COMPLETIONS.delta("Hello") + COMPLETIONS.end(), False),
        (completion, COMPLETIONS.delta("Hello<|user|>And you?"), True),
    ],
)
def test_nobody_waits_for_the_end_of_a_stream_that_has_said_all(endpoint, data, is_over):
    taken = Reading(endpoint.Reader())
    assert taken.feed(data)[-1] == Finish("stop")
    assert taken.done is is_over


def test_nothing_is_read_after_done():
    taken = Reading(chat.Reader())
    assert taken.feed(HELLO + DONE + delta("more"))[-1] == Finish("stop")
    assert taken.done
