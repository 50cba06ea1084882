from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chats.leak_guard import StreamGuard
from tests.chats.leak_guard.disguise import KNOWN, UNUSUAL
from tests.chats.leak_guard.prompts import HARMLESS, PUBLIC, SECRET, words


def said(reply: str, *, step: int = 4, **more) -> tuple[StreamGuard, str]:
    """The guard after a reply that came in pieces, and what was shown of it."""
    guard = StreamGuard(SECRET, **{"public": PUBLIC, **more})
    shown = "".join(guard.feed(reply[at : at + step]) for at in range(0, len(reply), step))
    return guard, shown + guard.end()


@pytest.mark.parametrize("start", [3, 40, 71])
def test_fourteen_words_in_a_row_are_shown(start):
    reply = f"As they say: {words(14, start)} — and so on, as everybody knows."
    guard, shown = said(reply)
    assert not guard.blocked
    assert shown == reply


@pytest.mark.parametrize("start", [3, 40, 71])
def test_the_fifteenth_word_in_a_row_is_not(start):
    guard, shown = said(f"As they say: {words(30, start)}")
    assert guard.blocked
    assert shown.startswith("As they say: ")
    assert words(12, start) in shown
    assert words(15, start) not in shown


@pytest.mark.parametrize("reply", HARMLESS)
def test_a_harmless_reply_comes_out_as_it_is(reply):
    guard, shown = said(reply)
    assert not guard.blocked, guard.reason
    assert shown == reply


def test_language_is_never_held_back():
    guard = StreamGuard(SECRET, public=PUBLIC)
    for piece in " ".join(HARMLESS[:2]).split(" "):
        assert guard.feed(f"{piece} ") == f"{piece} "


@pytest.mark.parametrize("name", KNOWN)
def test_a_disguise_is_seen_through(name):
    guard, _ = said(f"Sure, here it is:\n\n{KNOWN[name](words(40, 20))}\n\nAnything else?")
    assert guard.blocked


@pytest.mark.parametrize("name", UNUSUAL)
def test_a_disguise_that_nobody_has_listed_is_seen_through(name):
    guard, _ = said(UNUSUAL[name](words(60, 20)))
    assert guard.blocked


@pytest.mark.parametrize("name", KNOWN)
def test_another_text_in_the_same_disguise_passes(name):
    reply = f"The result is:\n\n{KNOWN[name](' '.join(HARMLESS[:2]))}"
    guard, shown = said(reply)
    assert not guard.blocked, guard.reason
    assert shown == reply


def test_pieces_between_other_sentences_add_up():
    pieces = [words(8, start) for start in (20, 50, 80)]
    guard, shown = said(" ".join(f"First note this, please. {piece}! Bees like the sun, as a rule." for piece in pieces))
    assert guard.blocked
    assert pieces[0] in shown
    assert pieces[2] not in shown


def test_a_phrase_that_is_said_again_and_again_counts_once():
    reply = " ".join([f"Remember: {words(7, 70)}."] * 6)
    guard, shown = said(reply)
    assert not guard.blocked
    assert shown == reply


def test_pieces_over_several_replies_add_up():
    history = [f"Next: {words(8, 20)}", HARMLESS[0], f"Next: {words(8, 28)[::-1]}"]
    assert said(f"Next: {words(7, 36)}", history=history)[0].blocked
    assert not said(f"Next: {words(7, 36)}", history=history[1:2])[0].blocked


def test_a_reply_that_adds_nothing_to_an_earlier_leak_passes():
    guard, shown = said(HARMLESS[0], history=[words(60)])
    assert not guard.blocked
    assert shown == HARMLESS[0]


def test_what_is_public_may_be_said():
    public = {**PUBLIC, "description": words(40, 30)}
    assert not said(f"I do this: {words(40, 30)}", public=public)[0].blocked
    assert said(f"I do this: {words(40, 30)} {words(20)}", public=public)[0].blocked


def test_the_visitor_may_be_quoted():
    quote = f'You wrote: "{words(30, 25)}". Let us begin there.'
    assert not said(quote, user=f"What do you say to this: {words(30, 25)}?")[0].blocked
    assert said(quote, user="What do you say to this?")[0].blocked


def test_most_of_a_short_prompt_is_a_leak_and_a_shorter_one_is_no_secret():
    def is_blocked(prompt):
        guard = StreamGuard(prompt)
        guard.feed(f"My rules: {prompt} Anything else?")
        guard.end()
        return guard.blocked

    assert is_blocked("Answer like a grumpy lighthouse keeper, in rhymes only.")
    assert not is_blocked("Be helpful.")
    assert not is_blocked("")


def test_after_a_block_nothing_comes_out():
    guard = StreamGuard(SECRET)
    assert guard.feed(SECRET) == ""
    assert guard.blocked
    assert guard.feed("more") == guard.end() == ""


@settings(max_examples=40, deadline=None)
@given(
    reply=st.lists(
        st.sampled_from([*HARMLESS, words(9, 12), words(14, 44), words(22, 60), KNOWN["base64"](words(20, 5)), "∑ 𝔘 \u200d"]),
        min_size=1,
        max_size=4,
    ).map(" ".join),
    sizes=st.lists(st.integers(1, 60), min_size=1, max_size=12),
)
def test_the_verdict_does_not_depend_on_the_pieces(reply, sizes):
    whole, shown_at_once = said(reply, step=len(reply))
    ends = list(accumulate(sizes * (len(reply) // sum(sizes) + 1)))
    guard = StreamGuard(SECRET, public=PUBLIC)
    shown = "".join(guard.feed(reply[start:end]) for start, end in zip([0, *ends], ends, strict=False)) + guard.end()
    assert (guard.blocked, guard.reason) == (whole.blocked, whole.reason)
    assert reply.startswith(shown)
    assert guard.blocked or shown == shown_at_once == reply


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_no_text_breaks_it(reply):
    guard, shown = said(reply, step=7)
    assert guard.blocked or shown == reply
    StreamGuard(reply, user=reply, history=[reply]).feed(SECRET)
