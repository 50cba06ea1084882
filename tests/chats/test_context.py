from hypothesis import given
from hypothesis import strategies as st

from chats.context import MESSAGE_OVERHEAD, OPENING_CUE, build
from gptlab.llm.messages import Message, Role


def said(*texts: str) -> list[Message]:
    """Newest first, the visitor's last."""
    roles = [Role.USER, Role.ASSISTANT]
    return [Message(roles[n % 2], text) for n, text in enumerate(texts)]


def test_the_opening_turn_is_the_prompt_and_a_cue():
    assert build(initial_prompt="Be Sam.", newest_first=[], budget=1000, count=len) == (
        Message(Role.SYSTEM, "Be Sam."),
        OPENING_CUE,
    )


def test_messages_stand_oldest_first_after_the_cue():
    built = build(initial_prompt="p", newest_first=said("third", "second", "first"), budget=100_000, count=len)
    assert [message.text for message in built[2:]] == ["first", "second", "third"]


def test_no_more_messages_than_asked_for():
    built = build(initial_prompt="p", newest_first=said(*"abcdef"), budget=100_000, count=len, most=3)
    assert [message.text for message in built[2:]] == ["c", "b", "a"]


def test_the_newest_message_goes_in_even_if_it_does_not_fit():
    built = build(initial_prompt="p", newest_first=said("x" * 500, "older"), budget=200, count=len)
    assert [message.text for message in built[2:]] == ["x" * 500]


@given(st.lists(st.text(max_size=60), min_size=1, max_size=30), st.integers(200, 3000))
def test_the_whole_fits_the_budget_unless_the_newest_alone_does_not(texts, budget):
    def count(text):
        return len(text.encode())

    built = build(initial_prompt="p" * 20, newest_first=said(*texts), budget=budget, count=count)
    total = sum(count(message.text) + MESSAGE_OVERHEAD for message in built)
    assert total <= budget or len(built) == 3
    kept = [message.text for message in built[2:]]
    assert kept == list(reversed(texts[: len(kept)]))


def test_only_what_may_not_fit_is_counted():
    counted = []

    def count(text):
        counted.append(text)
        return len(text)

    build(initial_prompt="p", newest_first=said("short", "words"), budget=1_000_000, count=count)
    assert counted == []
