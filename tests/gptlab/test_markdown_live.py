"""A reply that grows: whatever the splits, the page ends as the whole rendering, and on the way nothing is lost or doubled."""

import random
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gptlab.markdown import CURSOR, LiveMarkdown, live, render
from gptlab.markdown.characters import clean
from tests.gptlab.html_tree import HtmlTree

DEMO_TEXTS = Path(__file__).parents[2] / "gptlab/llm/demo_texts"

PIECES = [
    "\n", "\n", "\n\n", "\n\n", "\r\n", " ", "    ", "\t", "word ", "a", "1", "**", "*", "_", "~~", "`", "``", "[", "]", "(", ")",
    "!", "](https://a.example)", "<b>", "&amp;", "\\", "|", "\n| a | b |\n|---|---|\n", "| 1 | 2 |\n", "\n|-|\n", "# ", "## x\n",
    "---\n", "===\n", "> ", "\n> q\n", "\n- ", "\n  - ", "\n1. ", "\n2) ", "- [ ] t\n", "\n```\n", "\n```python\n", "\n~~~\n",
    "```", "  ```\n", "$", "$$", "\n$$\n", "\n\\[\n", "\n\\]\n", "\\(", "\\)", "x^2", "https://a.example/x", "é", "\u202e",
    "\ufffc", CURSOR, "\ud800", "🙂", "    code\n", "**Note:**", "\n***\n", "+ x\n",
]  # fmt: skip
documents = (
    st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=25).map("".join).filter(lambda text: "]:" not in text)
)


def fed(text, *, sizes, step=1.0):
    """(live, change) after each piece; `step` seconds between them, so that by default each one renders."""
    growing, at, now = LiveMarkdown(), 0, 0.0
    while at < len(text):
        size = next(sizes)
        change = growing.feed(text[at : at + size], now=now)
        at, now = at + size, now + step
        yield growing, change, text[:at]


def sizes_from(seed, *choices):
    chance = random.Random(seed)
    while True:
        yield chance.choice(choices)


@settings(max_examples=400, deadline=None)
@given(documents, st.integers(), st.sampled_from([0.05, 0.3, 60.0]))
@example("para\n$$\n- a\n\n", 1, 60.0)
@example("para\n$$\n- a\n$$\n", 1, 60.0)
@example("> > word \n$$\n\n", 0, 60.0)
@example("a\n| a | b |\n|--|- x\n", 1, 60.0)
@example("- a\n- b\n\n  c\n- d\nx", 1, 60.0)
def test_blocks_and_the_open_rest_are_the_whole_at_every_moment(text, seed, step):
    blocks = ""
    for growing, change, so_far in fed(text, sizes=sizes_from(seed, 1, 2, 4, 9, 40), step=step):
        blocks += change.blocks
        if not so_far.endswith("\r"):
            assert clean(so_far).endswith(growing.open_source)
            assert blocks + render(growing.open_source) == render(so_far)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from([*PIECES, "[a]", "[b][a]", "![a]", "[c]"]), max_size=25)
    .map("".join)
    .filter(lambda text: "]:" not in text),
    st.integers(),
)
def test_definitions_at_the_start_are_known_at_every_moment(text, seed):
    definitions = "[a]: https://a.example/1\n[c]: https://a.example/2 'title'\n\n"
    blocks = ""
    for growing, change, so_far in fed(definitions + text, sizes=sizes_from(seed, 1, 4, 9, 40)):
        blocks += change.blocks
        if len(so_far) >= len(definitions) and not so_far.endswith("\r"):
            known = "" if growing.open_source.startswith("[a]: ") else definitions
            assert blocks + render(known + growing.open_source) == render(so_far)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("name", ["long", "list", "math", "python", "quote", "scripts", "table", "plain", "short"])
def test_a_streamed_reply_ends_as_the_whole(name, seed):
    text = (DEMO_TEXTS / f"{name}.md").read_text()
    blocks, page, appended = "", "", ""
    for growing, change, _ in fed(text, sizes=sizes_from(seed, 1, 3, 4, 5, 30), step=0.02):
        blocks += change.blocks
        if change.tail is not None:
            page, appended = growing.open_source, ""
        appended += change.text
        assert page + appended == growing.open_source  # nothing lost, nothing doubled
    assert blocks + render(growing.open_source) == render(text)


@settings(max_examples=300, deadline=None)
@given(documents)
def test_a_tail_is_balanced_and_holds_one_cursor_in_its_text(text):
    for _, change, _ in fed(text, sizes=sizes_from(1, 1, 4, 9)):
        HtmlTree(change.blocks)
        if change.tail is not None:  # inside of a fence nothing is rendered
            assert change.tail.count(CURSOR) == HtmlTree(change.tail).text.count(CURSOR) == 1


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("said.\n\n", '<p dir="auto">|</p>'),
        ("Hel", '<p dir="auto">Hel|</p>'),
        ("so **bold", '<p dir="auto">so **bold|</p>'),
        ("**Note.**", '<p dir="auto"><strong>Note.</strong>|</p>'),
        ("a `b", '<p dir="auto">a `b|</p>'),
        ("costs $", '<p dir="auto">costs $|</p>'),
        ("costs $5", '<p dir="auto">costs $5|</p>'),
        ("\n\\[\nx", "<code>x|</code>"),
        ("- one\n- tw", "<li>tw|\n</li>"),
        ("- one\n", "<li>one<br>\n|\n</li>"),
        ("> said", '<p dir="auto">said|</p>'),
        ("# Head", '<h3 dir="auto">Head|</h3>'),
        ("a\n-", '<p dir="auto">a<br>\n-|</p>'),
        ("| a | b |", '<p dir="auto">| a | b ||</p>'),
        ("| a | b |\n|---|---|\n", '<td dir="auto">|</td>'),
        ("| a | b |\n|---|---|\n| 1 | tw", '<td dir="auto">tw|</td>'),
        ("```py", "<code>|</code>"),
        ("```py\nx = 1", "<code>x = 1|</code>"),
        ("- a\n  ```\n  x", "<code>x|</code>"),
        ("[a](https://a.exa", '<p dir="auto">[a](https://a.exa|</p>'),
        ("see https://a.exa", '<p dir="auto">see https://a.exa|</p>'),
        ("<https://a.exa", '<p dir="auto">&lt;https://a.exa|</p>'),
        ("![a](https://a.exa", '<p dir="auto">![a](https://a.exa|</p>'),
        ("[a]\n\n[a]: https://a.example/x", '<p dir="auto">[a]: https://a.example/x|</p>'),
        ("- [ ] to do", "to do|\n</li>"),
    ],
)
def test_the_open_rest_looks_right_half_way(source, shown):
    tail = LiveMarkdown().feed(source, now=0.0).with_cursor("|").tail
    assert shown in tail
    assert "<a " not in tail


def test_text_between_two_tails_is_to_be_appended():
    growing = LiveMarkdown()
    assert growing.feed("One ", now=0.0).text == ""
    assert growing.feed("**two**", now=0.1) == (("", None, "**two**"))
    change = growing.feed(" three", now=5.0)
    assert "One <strong>two</strong> three" in change.tail
    assert change.text == ""


def test_what_waits_is_rendered_when_nothing_more_comes():
    growing = LiveMarkdown()
    growing.feed("a ", now=0.0)
    growing.feed("*b*", now=0.01)
    assert growing.feed("", now=0.02) == ("", None, "")
    assert "<em>b</em>" in growing.feed("", now=5.0).tail
    assert growing.feed("", now=9.0) == ("", None, "")  # there is nothing new


def test_the_tail_is_rendered_at_most_four_times_a_second(monkeypatch):
    monkeypatch.setattr(live.time, "thread_time", lambda: 0.0)
    changes = [change for _, change, _ in fed("word " * 2000, sizes=sizes_from(0, 4), step=0.02)]
    seconds = len(changes) * 0.02
    assert seconds * 2 < sum(change.tail is not None for change in changes) <= seconds * 4 + 1


def test_a_tail_that_takes_long_is_rendered_less_often(monkeypatch):
    clock = iter(range(10_000))
    monkeypatch.setattr(live.time, "thread_time", lambda: next(clock) * 0.025)
    changes = [change for _, change, _ in fed("word " * 2000, sizes=sizes_from(0, 4), step=0.02)]
    assert sum(change.tail is not None for change in changes) <= len(changes) * 0.02 * 4 / 10


def test_inside_a_fence_text_is_only_appended_until_it_closes():
    growing = LiveMarkdown()
    assert "<code>|</code>" in growing.feed("Look:\n\n```python\n", now=0.0).with_cursor("|").tail
    for now, text in enumerate(["def f():\n", "    # **not** bold\n", "``\n", "    ```\n", "~~~\n", "x" * 3000, "\n``"], start=1):
        assert growing.feed(text, now=now * 10.0) == ("", None, text)
    assert growing.feed("`", now=100.0).tail is None
    change = growing.feed(" \nand", now=100.0)  # at once, whatever the clock says
    assert '<span class="k">def</span>' in change.blocks
    assert "and|" in change.with_cursor("|").tail
    assert growing.open_source == "and"


def test_a_line_that_closes_a_fence_may_come_in_pieces():
    growing = LiveMarkdown()
    growing.feed("```\nx\n``", now=0.0)
    assert growing.feed("`", now=0.0).text == "`"
    assert growing.feed("\n", now=0.0).blocks == render("```\nx\n```\n")


@pytest.mark.parametrize(
    ("source", "left"),
    [
        ("# Head\n", ""),
        ("Head\n---\n", ""),
        ("***\n", ""),
        ("```\nx\n```\n", ""),
        ("$$\nx\n$$\n", ""),
        ("words\n\n", "\n"),
        ("> words\n\n", "\n"),
        ("|a|\n|-|\n|1|\n\n", "\n"),
        ("words\n", "words\n"),
        ("words\n# He", "words\n# He"),  # "# He" may become anything
        ("words\n# Head\n", ""),
        ("- a\n\n", "- a\n\n"),  # a list may go on
        ("- a\n\nwords", "- a\n\nwords"),
        ("- a\n\nwords\n", "words\n"),
        ("    code\n\n", "    code\n\n"),
        ("```\nx\n", "```\nx\n"),
        ("words\n$$\nx\n", "words\n$$\nx\n"),
        ("words\n\n$$\nx\n", "\n$$\nx\n"),
    ],
)
def test_a_block_closes_when_nothing_can_change_it(source, left):
    growing = LiveMarkdown()
    growing.feed(source, now=0.0)
    assert growing.open_source == left


def test_a_line_end_may_come_in_two_halves():
    growing = LiveMarkdown()
    for now, text in enumerate(["a\r", "\n", "b\r", "", "\nc\r", "d"]):
        growing.feed(text, now=float(now))
    assert growing.open_source == "a\nb\nc\nd"


def test_a_definition_is_known_to_what_comes_after_it():
    definition = "[a]: https://a.example 'and\na title'\n\n"
    growing = LiveMarkdown()
    blocks = "".join(growing.feed(text, now=now).blocks for now, text in enumerate([definition, "# H\n", "[a]\n\n"]))
    assert '<a href="https://a.example"' in blocks
    assert blocks == render(definition + "# H\n[a]\n\n")


def test_a_definition_that_comes_too_late_shows_in_the_whole():
    growing = LiveMarkdown()
    assert '<p dir="auto">[a]</p>' in growing.feed("[a]\n\nb\n\n", now=0.0).blocks
    growing.feed("[a]: https://a.example\n", now=9.0)
    assert "<a href" in render("[a]\n\nb\n\n[a]: https://a.example\n")


def test_more_than_is_read_is_appended_as_it_comes():
    growing = LiveMarkdown()
    blocks = growing.feed("**a**\n\n", now=0.0).blocks
    change = growing.feed("word " * 40_000, now=9.0)
    assert change == ("", None, "word " * 40_000)
    assert growing.feed("more", now=99.0) == ("", None, "more")
    assert "<strong>a</strong>" in blocks
    assert growing.open_source == "\n" + "word " * 40_000 + "more"
