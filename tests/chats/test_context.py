from hypothesis import given
from hypothesis import strategies as st

from chats.context import MESSAGE_OVERHEAD, OPENING_CUE, build
from gptlab.llm.messages import Message, Role


def said(*texts: str) -> list[Message]:
    """Newest first, the visitor's last."""
    roles = [Role.USER, Role.ASSISTANT]
    return [Message(roles[n % 2], text) for n, text in enumerate(texts)]


def texts_of(built) -> list[str]:
    return [message.text for message in built if message.role != Role.SYSTEM and message != OPENING_CUE]


def test_the_opening_turn_is_the_prompt_and_a_cue():
    assert build(initial_prompt="Be Sam.", newest_first=[], budget=1000, count=len) == (
        Message(Role.SYSTEM, "Be Sam."),
        OPENING_CUE,
    )


def test_messages_stand_oldest_first_after_the_cue():
    built = build(initial_prompt="p", newest_first=said("third", "second", "first", "hello"), budget=100_000, count=len)
    assert built[1] == OPENING_CUE
    assert texts_of(built) == ["hello", "first", "second", "third"]


def test_no_more_messages_than_asked_for():
    built = build(initial_prompt="p", newest_first=said(*"abcdef"), budget=100_000, count=len, most=3)
    assert texts_of(built) == ["c", "b", "a"]


def test_the_newest_message_goes_in_even_if_it_does_not_fit():
    built = build(initial_prompt="p", newest_first=said("x" * 500, "older"), budget=200, count=len)
    assert texts_of(built) == ["x" * 500]


@given(st.lists(st.text(max_size=60), min_size=1, max_size=30), st.integers(200, 3000))
def test_the_whole_fits_the_budget_unless_the_newest_alone_does_not(texts, budget):
    def count(text):
        return len(text.encode())

    built = build(initial_prompt="p" * 20, newest_first=said(*texts), budget=budget, count=count)
    total = sum(count(message.text) + MESSAGE_OVERHEAD for message in built)
    kept = texts_of(built)
    assert total <= budget or len(kept) == 1
    assert kept == list(reversed(texts[: len(kept)]))


def test_only_what_may_not_fit_is_counted():
    counted = []

    def count(text):
        counted.append(text)
        return len(text)

    build(initial_prompt="p", newest_first=said("short", "words"), budget=1_000_000, count=count)
    assert counted == []


def test_roles_alternate_whatever_was_left_without_a_reply():
    newest_first = [Message(Role.USER, "again"), Message(Role.USER, "hi"), Message(Role.ASSISTANT, "hello")]
    built = build(initial_prompt="p", newest_first=newest_first, budget=100_000, count=len)
    assert [message.role for message in built] == [Role.SYSTEM, Role.USER, Role.ASSISTANT, Role.USER]
    assert built[-1].text == "hi\n\nagain"


def test_the_cue_goes_once_the_opening_is_cut():
    built = build(initial_prompt="p", newest_first=said("new", "answer", "old"), budget=100_000, count=len)
    assert OPENING_CUE not in built
    assert built[1] == Message(Role.USER, "old")
