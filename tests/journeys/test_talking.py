"""From signing in to coming back: what a visitor says, what the model is told, and who else sees it."""

import time

import pytest
from django.urls import reverse

from chats.context import CONFIDENTIAL, OPENING_CUE
from tests.journeys.conftest import PROMPT
from tests.lab import wait_until


def told(upstream):
    """What the upstream was asked to answer: the messages of each chat call."""
    return [call["body"]["messages"] for call in upstream.sent if call["path"].endswith("/chat/completions")]


def test_who_comes_back_with_the_same_key_finds_the_chat_as_it_was(alice, sam):
    chat = alice.start(sam)
    alice.hears(chat)
    alice.say(chat, "Why does ice float?")
    assert alice.hears(chat)["text"] == "You said: Why does ice float?"
    before = alice.transcript(chat)
    alice.sign_out()
    assert alice.client.get(chat).status_code == 302
    alice.sign_in()
    assert alice.transcript(chat) == before
    assert chat in alice.page(reverse("chats:assistant", args=[sam.code]))
    alice.say(chat, "And why is it cold?")
    assert alice.hears(chat)["turn"] == 2


def test_the_model_is_told_the_prompt_the_cue_and_what_was_said_in_order(alice, sam, upstream):
    chat = alice.start(sam)
    opening = alice.hears(chat)["text"]
    alice.say(chat, "One")
    first = alice.hears(chat)["text"]
    alice.say(chat, "Two")
    alice.hears(chat)
    assert [(message["role"], message["content"]) for message in told(upstream)[-1]] == [
        ("system", PROMPT + CONFIDENTIAL),
        ("user", OPENING_CUE.text),
        ("assistant", opening),
        ("user", "One"),
        ("assistant", first),
        ("user", "Two"),
    ]


def test_the_upstream_is_asked_not_to_store_and_gets_the_key_in_its_header_only(alice, sam, upstream):
    alice.hears(alice.start(sam))
    call = upstream.sent[-1]
    assert call["body"]["store"] is False
    assert call["headers"]["authorization"] == f"Bearer {alice.key}"
    assert alice.key not in str(call["body"])


def test_a_brainstorm_forgets_what_is_twenty_messages_ago(alice, upstream, sam):
    chat = alice.start(sam)
    alice.hears(chat)
    for number in range(12):
        alice.say(chat, f"Number {number}")
        alice.hears(chat)
    last = [message["content"] for message in told(upstream)[-1]]
    assert (len(last), last[0], last[-1]) == (22, PROMPT + CONFIDENTIAL, "Number 11")
    assert "Number 0" not in last


def test_two_visitors_see_nothing_of_each_other(alice, bob, sam):
    hers, his = alice.start(sam), bob.start(sam)
    for person, chat, text in ((alice, hers, "hers alone"), (bob, his, "his alone")):
        person.hears(chat)
        person.say(chat, text)
        person.hears(chat)
    assert bob.client.get(hers).status_code == 404
    assert bob.client.get(f"{hers}transcript.json").status_code == 404
    pages = bob.page(his) + bob.page("/") + bob.page(reverse("chats:assistant", args=[sam.code]))
    assert "his alone" in pages
    assert "hers alone" not in pages
    assert hers not in pages


def test_a_stop_ends_the_upstream_call_within_a_second_and_keeps_the_text(alice, sam, upstream):
    chat = alice.start(sam)
    alice.hears(chat)
    alice.say(chat, "[[script=slow:20:2000]]")
    wait_until(lambda: len(upstream.sent[-1]["text"]) > 100, 20, "nothing is sent")
    pressed = time.monotonic()
    alice.press(chat, "stop")
    wait_until(lambda: upstream.sent[-1]["peer_closed"], 20, "the upstream goes on")
    assert upstream.sent[-1]["peer_closed"] - pressed < 1.0
    kept = alice.hears(chat, "stopped")["text"]
    assert len(kept) > 100
    assert upstream.sent[-1]["text"].startswith(kept)


def test_an_assistant_that_is_retired_meanwhile_goes_on_with_who_talks_to_it(alice, bob, sam):
    chat = alice.start(sam)
    alice.hears(chat)
    alice.say(chat, "[[script=slow:20:30]]")
    sam.is_active = False
    sam.save()
    alice.hears(chat)
    alice.say(chat, "Still there?")
    assert alice.hears(chat)["turn"] == 2
    assert bob.client.post(reverse("chats:start"), {"assistant": sam.code}).status_code == 410


@pytest.mark.parametrize("text", ["\ufeffx\r\ny", "مرحبا", "👩‍👩‍👧", "a\0b", "<b>{{ 7*7 }}</b>", "x\n" * 5000])
def test_what_is_said_reaches_the_model_as_it_was_written(alice, sam, upstream, text):
    chat = alice.start(sam)
    alice.hears(chat)
    alice.say(chat, text)
    alice.hears(chat)
    assert told(upstream)[-1][-1]["content"] == text.replace("\r\n", "\n")


def test_a_chat_that_begins_with_a_starter_is_told_to_the_model_without_the_cue(alice, sam, upstream):
    chat = alice.client.post(reverse("chats:start"), {"assistant": sam.code, "starter": "Why does ice float?"})["Location"]
    answer = alice.hears(chat)["text"]
    assert answer == "You said: Why does ice float?"
    alice.say(chat, "And then?")
    alice.hears(chat)
    assert [(message["role"], message["content"]) for message in told(upstream)[-1]] == [
        ("system", PROMPT + CONFIDENTIAL),
        ("user", "Why does ice float?"),
        ("assistant", answer),
        ("user", "And then?"),
    ]
