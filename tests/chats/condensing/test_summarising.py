import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chats.condensing.summarising import MOST_PARTS, USUAL_PROMPT, NotGood, Task, _cut, summarise, summary_tokens
from gptlab.llm import catalog, errors
from gptlab.llm.messages import Completion, FinishReason, Message, Role, Usage

BUDGET = 3_000


def count(message):
    return len(message.text.encode()) + 7


class Model:
    """Answers with numbered notes, or what it is told to; keeps what it was asked."""

    def __init__(self, *answers, finish=FinishReason.STOP):
        self.asked, self._answers, self._finish = [], list(answers), finish

    def __call__(self, messages):
        self.asked.append(messages)
        answer = self._answers.pop(0) if self._answers else f"Notes {len(self.asked)}"
        return Completion(answer, self._finish, Usage(1, 1))


def task(model, **more):
    return Task(**({"prompt": "Recap.", "budget": BUDGET, "summary_tokens": 100, "count": count, "ask": model} | more))


def turns(*texts, start=1):
    return [(start + n, [Message(Role.USER, text), Message(Role.ASSISTANT, f"re {text}")]) for n, text in enumerate(texts)]


def test_one_request_carries_the_earlier_notes_and_every_message():
    model = Model()
    assert summarise(task(model), turns("tea", "coffee"), notes="They like cocoa.") == ("Notes 1", 2)
    [(system, user)] = model.asked
    assert (system.role, user.role) == ("system", "user")
    assert system.text.startswith("Recap.")
    for said in ("They like cocoa.", "User: tea", "Assistant: re tea", "User: coffee", "Assistant: re coffee"):
        assert said in user.text


def test_without_a_prompt_of_the_assistants_the_usual_one_is_used():
    model = Model()
    summarise(task(model, prompt=""), turns("tea"), notes="")
    assert model.asked[0][0].text.startswith(USUAL_PROMPT)


def test_what_does_not_fit_into_one_request_goes_in_parts_and_each_carries_the_notes_before():
    model = Model()
    texts = [f"{n}" + "x" * 500 for n in range(6)]
    notes, covered = summarise(task(model), turns(*texts), notes="Before.")
    assert len(model.asked) > 1
    assert (notes, covered) == (f"Notes {len(model.asked)}", 6)
    assert "Before." in model.asked[0][1].text
    for n, (_, user) in enumerate(model.asked[1:], 1):
        assert f"Notes {n}" in user.text
    everything = "".join(user.text for _, user in model.asked)
    assert all(text in everything and f"re {text}" in everything for text in texts)


@given(
    st.lists(st.tuples(st.text(max_size=4000), st.text(max_size=900)), min_size=1, max_size=12),
    st.integers(0, 1_500),
    st.integers(2_000, 6_000),
)
@example([("x" * 4_000, "")], 500, 2_000)
@example([("\U0001f600" * 4_000, "")], 0, 2_000)
def test_every_request_fits_and_nothing_is_left_out(said, size, budget):
    model = Model()
    notes = "n" * min(size, budget // 4)  # more, no visitor may write
    rows = [(n, [Message(Role.USER, mine), Message(Role.ASSISTANT, theirs)]) for n, (mine, theirs) in enumerate(said)]
    try:
        _, covered = summarise(task(model, budget=budget), rows, notes=notes)
    except (NotGood, errors.ContextTooLong):
        return  # shorter than any notes, or the first turn too long for so many requests
    assert all(sum(count(message) for message in messages) <= budget for messages in model.asked)
    everything = "".join(user.text for _, user in model.asked)
    whole = [text for n, messages in rows if n <= covered for text in (m.text for m in messages) if len(text) < 300]
    assert all(text in everything for text in whole)


def test_a_message_larger_than_a_request_is_cut_into_pieces_and_its_turn_covered_with_the_last():
    model = Model()
    words = " ".join(f"w{n}" for n in range(1500))
    assert summarise(task(model), turns(words, "end"), notes="")[1] == 2
    everything = "".join(user.text.partition("MESSAGES\n\n")[2] for _, user in model.asked).replace("\n\n", "")
    assert words in everything


def test_after_so_many_parts_it_ends_with_the_turns_that_they_held():
    model = Model()
    notes, covered = summarise(task(model), turns(*("x" * 2_000 for _ in range(30))), notes="")
    assert len(model.asked) == MOST_PARTS
    assert (notes, covered) == (f"Notes {MOST_PARTS}", covered)
    assert 0 < covered < 30


@pytest.mark.parametrize(
    ("answer", "finish"),
    [
        ("", FinishReason.STOP),
        (" \n…\u200b", FinishReason.STOP),
        ("They like tea", FinishReason.LENGTH),
        ("They like tea", FinishReason.CONTENT_FILTER),
        ("They like tea. " * 40, FinishReason.STOP),
    ],
)
def test_empty_cut_off_filtered_and_longer_notes_are_no_good(answer, finish):
    with pytest.raises(NotGood):
        summarise(task(Model(answer, finish=finish)), turns("I like tea.", "Only tea."), notes="")


def test_one_bad_part_spoils_the_whole():
    with pytest.raises(NotGood):
        summarise(task(Model("Notes 1", "")), turns(*("x" * 900 for _ in range(4))), notes="")


@pytest.mark.parametrize(("window", "tokens"), [(1_024, 128), (4_096, 512), (8_192, 1_024), (1_050_000, 2_048)])
def test_notes_take_an_eighth_of_the_window_at_most(window, tokens):
    assert summary_tokens(window) == tokens


def known_windows():
    return sorted({catalog.model(*known).context_window for known in catalog.known_models()})


@pytest.mark.parametrize("part", [0.0, 0.5, 0.8, 0.9, 1.2])
def test_no_models_window_is_overrun_by_a_long_prompt_and_what_holds_little_is_not_asked_for(part):
    for window in known_windows():
        model, tokens = Model(), summary_tokens(window)
        budget = catalog.ModelInfo("m", window).input_budget(tokens)
        long = task(model, prompt="p" * int(window * part), budget=budget, summary_tokens=tokens)
        try:
            summarise(long, turns("x" * (window // 2)), notes="")
        except errors.ContextTooLong:
            assert model.asked == []
            assert part > 0.6 or window < 8_000
        else:
            assert part < 0.85
        assert all(sum(count(message) for message in messages) <= budget for messages in model.asked)


def test_a_first_turn_that_takes_more_than_all_the_parts_costs_nothing():
    model = Model()
    with pytest.raises(errors.ContextTooLong):
        summarise(task(model), turns("x" * 60_000, "tea"), notes="")
    assert model.asked == []


def test_it_ends_before_a_later_turn_that_takes_more_than_all_the_parts():
    model = Model()
    assert summarise(task(model), turns("tea", "x" * 60_000, "milk"), notes="") == ("Notes 1", 1)
    assert "x" not in model.asked[0][1].text


def test_what_is_cut_is_cut_into_as_few_pieces_as_hold_it():
    model = Model()
    summarise(task(model), turns("x" * 6_000), notes="")
    room = BUDGET - sum(count(message) for message in model.asked[0][:1]) - 200
    assert len(model.asked) == -(-12_000 // room)


@given(st.text(min_size=1, max_size=300), st.integers(8, 60))
def test_pieces_are_the_text_and_each_fits(text, room):
    pieces = _cut(text, room=room, size=lambda piece: len(piece.encode()))
    assert "".join(pieces) == text
    assert max(len(piece.encode()) for piece in pieces) <= room
