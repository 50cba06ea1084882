import itertools
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chats.context import NOTED, NOTES_HEAD, OPENING_CUE, Scale, TooLong, build, condensing_begins
from chats.counting import counter
from gptlab.llm import catalog, tokens
from gptlab.llm.messages import Message, Role

PROMPT = "Ask until they find it."
ROLES = [Role.USER, Role.ASSISTANT]


def said(*texts: str) -> list[tuple[int, Message]]:
    """Newest first, the visitor's last."""
    return [(100 - n // 2, Message(ROLES[n % 2], text)) for n, text in enumerate(texts)]


def texts_of(built) -> list[str]:
    return [message.text for message in built.messages if message.role != Role.SYSTEM and message != OPENING_CUE]


def length(message: Message) -> int:
    return len(message.text.encode())


def test_the_opening_turn_is_the_prompt_and_a_cue():
    built = build(initial_prompt="Be Sam.", newest_first=[], budget=1000, count=length)
    assert built.messages == (Message(Role.SYSTEM, "Be Sam."), OPENING_CUE)
    assert built.since is None


def test_messages_stand_oldest_first_after_the_cue():
    built = build(initial_prompt="p", newest_first=said("third", "second", "first", "hello"), budget=100_000, count=length)
    assert built.messages[1] == OPENING_CUE
    assert texts_of(built) == ["hello", "first", "second", "third"]
    assert built.since == 99


def test_no_more_messages_than_asked_for():
    built = build(initial_prompt="p", newest_first=said(*"abcdef"), budget=100_000, count=length, most=3)
    assert texts_of(built) == ["c", "b", "a"]
    assert built.since == 99


def test_notes_stand_where_the_opening_was_and_roles_alternate():
    built = build(initial_prompt="p", newest_first=said("new", "old"), budget=9000, count=length, notes="They like tea.")
    assert [message.role for message in built.messages] == ["system", "user", "assistant", "user"]
    assert built.messages[1].text == f"{NOTES_HEAD}They like tea."
    assert built.messages[2].text == f"{NOTED.text}\n\nold"


def test_a_message_that_does_not_fit_by_itself_is_refused_with_size_and_limit():
    with pytest.raises(TooLong) as caught:
        build(initial_prompt="p", newest_first=said("x" * 500, "older"), budget=400, count=length)
    assert (caught.value.size, caught.value.most, caught.value.is_prompt) == (500, 400 - 1 - length(OPENING_CUE), False)


def test_a_prompt_that_does_not_fit_is_told_from_a_message():
    with pytest.raises(TooLong) as caught:
        build(initial_prompt="p" * 1000, newest_first=said("x"), budget=900, count=length)
    assert caught.value.is_prompt


@given(st.lists(st.text(max_size=60), min_size=1, max_size=30), st.integers(400, 3000))
def test_what_is_in_is_the_newest_that_fits_and_nothing_is_skipped(texts, budget):
    built = build(initial_prompt="p" * 20, newest_first=said(*texts), budget=budget, count=length)
    assert sum(length(message) for message in built.messages) <= budget + 2 * len(texts)  # two line ends join a pair
    assert built.tokens <= budget
    kept = built.messages[-1].text
    assert kept.endswith(texts[0])


MODELS = [*catalog.known_models(), ("ollama", "unlisted")]
ENDLESS = [Message(ROLES[n % 2], f"{n} {'Why does ice float? Straße, 日本語. ' * 900}") for n in range(160)]  # 1.6 million tokens


@pytest.mark.parametrize(("provider", "name"), MODELS)
@pytest.mark.parametrize("max_tokens", [16, 4096])
def test_a_chat_longer_than_the_window_fits_each_model_of_the_catalog(provider, name, max_tokens):
    info = catalog.model(provider, name)
    budget, count = info.input_budget(max_tokens), counter(info)
    newest_first = itertools.chain([(200, Message(Role.USER, "So?"))], enumerate(ENDLESS))
    built = build(initial_prompt=PROMPT, newest_first=newest_first, budget=budget, count=count)
    total = sum(count(message) for message in built.messages)
    assert total + info.reply_limit(max_tokens) <= info.context_window
    assert built.counted
    assert len(texts_of(built)) < len(ENDLESS)


WORDS = ["tea ", "Straße ", "日本語", "👩‍👩‍👧", "x=1;\n", " \n\n ", "0x7f", "ﷺ", "\ud800"]
texts = st.one_of(
    st.text(max_size=300),
    st.lists(st.sampled_from(WORDS), max_size=120).map("".join),
    st.tuples(st.sampled_from(WORDS), st.integers(0, 700)).map(lambda pair: pair[0] * pair[1]),
)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.sampled_from(ROLES), texts), max_size=40),
    st.sampled_from([1_024, 4_096, 8_192, 16_385]),
    st.sampled_from([16, 300, 4_096]),
    st.sampled_from(["o200k_base", "cl100k_base", "unknown"]),
    st.sampled_from(["chat", "responses", "completions"]),
    st.booleans(),
    st.one_of(st.just(""), texts),
)
@example([(Role.USER, "a ")] * 39, 1_024, 16, "o200k_base", "chat", False, "")
@example([(Role.USER, "<|user|>" * 40)] * 39, 1_024, 16, "o200k_base", "completions", False, "")
def test_whatever_was_said_the_request_fits_the_window_without_the_reply(
    chat, window, max_tokens, encoding, endpoint, reasoning, notes
):
    info = catalog.ModelInfo("m", window, encoding=encoding, endpoint=endpoint, reasoning=reasoning)
    _fits(info, max_tokens, [(n, Message(role, text)) for n, (role, text) in enumerate(chat)], notes=notes)


def _fits(info, max_tokens, newest_first, notes=""):
    budget, count = info.input_budget(max_tokens), counter(info)
    with suppress(TooLong):
        built = build(initial_prompt=PROMPT, newest_first=newest_first, budget=budget, count=count, notes=notes)
        takes = tokens.count_request(built.messages, _with_its_tokenizer(info))
        assert takes <= built.tokens or not built.counted
        assert takes + info.reply_limit(max_tokens) <= info.context_window
        return
    needed = [Message(Role.SYSTEM, PROMPT), Message(Role.USER, NOTES_HEAD + notes), NOTED, OPENING_CUE]
    assert sum(count(message) for message in [*needed, *(message for _, message in newest_first[:1])]) > budget


def _with_its_tokenizer(info):
    """Which GPT Lab does not know, if it is UNKNOWN."""
    return replace(info, encoding="o200k_base") if info.encoding == "unknown" else info


def test_only_what_may_not_fit_is_counted():
    counted = []
    build(initial_prompt="p", newest_first=said("short", "words"), budget=1_000_000, count=lambda m: counted.append(m) or 1)
    assert counted == []


def test_once_the_bytes_come_near_the_budget_all_is_counted_exactly():
    scale = Scale(budget=2_000, count=lambda message: len(message.text.split()))
    assert scale.takes(Message(Role.USER, "one two three"))
    assert not scale.counts
    assert scale.takes(Message(Role.USER, "word " * 100))
    assert (scale.counts, scale.tokens) == (True, 103)
    assert not scale.takes(Message(Role.USER, "word " * 1_898))
    assert scale.tokens == 103


def test_roles_alternate_whatever_was_left_without_a_reply():
    newest_first = [(2, Message(Role.USER, "again")), (1, Message(Role.USER, "hi")), (0, Message(Role.ASSISTANT, "hello"))]
    built = build(initial_prompt="p", newest_first=newest_first, budget=100_000, count=length)
    assert [message.role for message in built.messages] == [Role.SYSTEM, Role.USER, Role.ASSISTANT, Role.USER]
    assert built.messages[-1].text == "hi\n\nagain"


def test_the_cue_goes_once_the_opening_is_cut():
    built = build(initial_prompt="p", newest_first=said("new", "answer", "old"), budget=100_000, count=length)
    assert OPENING_CUE not in built.messages
    assert built.messages[1] == Message(Role.USER, "old")


@pytest.mark.parametrize(("window", "budget", "begins"), [(4096, 3846, 2457), (4096, 2048, 1843), (128_000, 127_000, 76_800)])
def test_condensing_begins_at_60_percent_of_the_window_if_so_much_can_be_reached(window, budget, begins):
    assert condensing_begins(window=window, budget=budget) == begins
