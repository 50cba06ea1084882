import pytest
from hypothesis import given
from hypothesis import strategies as st

from gptlab.llm import dialogue
from gptlab.llm.dialogue import Screen
from gptlab.llm.messages import Message, Role

SAID = (
    Message(Role.SYSTEM, "Be kind."),
    Message(Role.USER, "Hi\n\nyou"),
    Message(Role.ASSISTANT, "Hello!"),
    Message(Role.USER, ""),
)
signs = st.lists(st.sampled_from([*dialogue.STOP_SEQUENCES, "<", "|", ">", "<|", "|>", "user", "us", "er", "\n", "x", "é"]))


def shown(pieces):
    screen = Screen()
    return "".join([*(screen.feed(piece) for piece in pieces), screen.rest()])


def cut(text, at):
    return [text[start:end] for start, end in zip([0, *at], [*at, len(text)], strict=True)]


def test_prompt_ends_where_the_assistant_speaks_next():
    assert dialogue.prompt(SAID[:2]) == "<|system|>\nBe kind.\n<|user|>\nHi\n\nyou\n<|assistant|>\n"


def test_prompt_can_be_taken_apart_again():
    assert [(each.role, each.text) for each in dialogue.messages(dialogue.prompt(SAID))] == [
        (each.role, each.text) for each in SAID
    ]


@pytest.mark.parametrize("text", ["", "just words", "<|nobody|>"])
def test_text_without_a_sequence_is_no_conversation(text):
    assert dialogue.messages(text) == []


@given(signs)
def test_no_message_forges_another_one(parts):
    text = "".join(parts)
    sent = dialogue.prompt([Message(Role.USER, text), Message(Role.ASSISTANT, text), Message(Role.USER, text)])
    assert sum(sent.count(sequence) for sequence in dialogue.STOP_SEQUENCES) == 4
    assert [message.role for message in dialogue.messages(sent)] == [Role.USER, Role.ASSISTANT, Role.USER]


@given(signs, st.data())
def test_no_sequence_is_shown_however_the_stream_is_cut(parts, data):
    text = "".join(parts)
    at = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=12)))
    result = shown(cut(text, at))
    assert not any(sequence in result for sequence in dialogue.STOP_SEQUENCES)
    assert result == shown([text])
    before = min((text.find(sequence) for sequence in dialogue.STOP_SEQUENCES if sequence in text), default=len(text))
    assert result == text[:before].lstrip()


def test_text_is_shown_as_soon_as_it_can_begin_no_sequence():
    screen = Screen()
    assert [screen.feed(piece) for piece in ["a <", "|us", "age", " <b>", " 3 <", " 4"]] == [
        "a ",
        "",
        "<|usage",
        " <b>",
        " 3 ",
        "< 4",
    ]


def test_nothing_is_shown_after_a_sequence():
    screen = Screen()
    assert [screen.feed("Yes.<|user|>No?"), screen.feed("more"), screen.rest()] == ["Yes.", "", ""]
    assert screen.is_over
