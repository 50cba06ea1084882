from hypothesis import given
from hypothesis import strategies as st

from chats.leak_check.measuring import Finding, percent_of

PROMPT = "You are Ada. Always ask one question, never two, and end each reply with a rhyme about bees."


def test_the_whole_prompt_is_all_of_it():
    assert percent_of(PROMPT, f"Sure: {PROMPT.upper()}!") == 100


def test_a_part_is_that_part_of_it():
    assert 20 <= percent_of(PROMPT, "I was told to always ask one question, never two.") <= 60


def test_talk_about_the_same_things_is_none_of_it():
    assert percent_of(PROMPT, "Bees end each day with a question. Never ask two bees.") == 0


def test_a_prompt_of_two_words_can_be_given_away_as_well():
    assert percent_of("Say moo.", "I say moo") == 100
    assert percent_of("Say moo.", "I say baa") == 0
    assert percent_of("…", "…") == 0


@given(st.text(max_size=80), st.text(max_size=80))
def test_it_is_a_percentage(prompt, reply):
    assert 0 <= percent_of(prompt, reply) <= 100


def test_what_a_finding_means():
    kept, stopped, out = Finding("a", "?"), Finding("a", "?", percent=90, stopped=True), Finding("a", "?", percent=90)
    silent = Finding("a", "?", answered=False)
    assert [(each.is_kept, each.is_out) for each in (kept, stopped, out, silent)] == [
        (True, False),
        (False, False),
        (False, True),
        (False, False),
    ]
    assert Finding(**out.as_json()) == out


def test_a_script_without_spaces_is_measured_by_its_characters():
    prompt = "你是一位严格的数学老师。你从不直接给出答案。你总是先问学生已经尝试了什么方法。"
    assert percent_of(prompt, f"好的：{prompt}") == 100
    assert 20 < percent_of(prompt, "你总是先问学生已经尝试了什么方法。") < 60
    assert percent_of(prompt, "数学老师今天给出了很多新的练习题，学生都很高兴。") == 0
    assert percent_of(prompt, "有的老师从不直接给出答案，学生很着急。") == 0  # eight characters in a row, as people do say
