"""Chats that outgrow the model: every request fits, and what can't is told before anything is sent."""

import pytest
from django.urls import reverse

from chats import naming
from chats.context import NOTES_HEAD, OPENING_CUE
from chats.models import Digest, Memory, Reply
from gptlab.llm import catalog, tokens
from gptlab.llm.messages import Message, Role
from tests.chats.conftest import make_assistant
from tests.lab import wait_until


@pytest.fixture(autouse=True)
def small_window(settings, tmp_path):
    path = tmp_path / "models.toml"
    path.write_text('[openai."gpt-4.1-mini"]\ncontext_window = 2_048\n')
    settings.MODELS_FILE = str(path)


def asked(upstream):
    """The requests for replies and for notes, as messages; the one for a title left out."""
    bodies = [call["body"] for call in upstream.sent if call["path"].endswith("/chat/completions")]
    requests = [[Message(Role(each["role"]), each["content"]) for each in body["messages"]] for body in bodies]
    return [messages for messages in requests if messages[0].text != naming.PROMPT]


def takes(messages):
    return tokens.count_request(messages, catalog.model("openai", "gpt-4.1-mini"))


def test_every_request_fits_the_window_less_the_reply(alice, sam, upstream):
    chat = alice.start(sam)
    alice.hears(chat)
    for number in range(12):
        alice.say(chat, f"{number}: " + "Why does ice float on water? " * 30)
        alice.hears(chat)
    requests = asked(upstream)
    assert max(takes(messages) for messages in requests) <= 2_048 - 300
    assert OPENING_CUE in requests[0]
    assert OPENING_CUE not in requests[-1]
    assert requests[-1][-1].text.startswith("11: ")


def test_the_gauge_has_what_the_next_request_takes_without_the_next_message(alice, sam, upstream):
    chat = alice.start(sam)
    alice.hears(chat)
    for text in ("Why does ice float on water? " * 40, "Short."):
        alice.say(chat, text)
        alice.hears(chat)
    before, memory = takes(asked(upstream)[-1]), Memory.objects.get()
    reply = takes([Message(Role.ASSISTANT, alice.transcript(chat)[-1]["text"])])
    assert before + reply <= memory.tokens <= before + reply + 3 * 7  # each message is weighed with a reply's frame
    assert memory.percent == -(-100 * memory.tokens // (2_048 - 300))


@pytest.fixture
def coach():
    assistant = make_assistant(name="Coach", session_type="coaching")
    assistant.active_version.summary_prompt = "Short notes. [[script=say:12]]"
    assistant.active_version.save()
    return assistant


def notes(messages):
    return next((message.text for message in messages if message.text.startswith(NOTES_HEAD)), None)


def test_a_coaching_chat_is_condensed_after_the_reply_and_goes_on_with_the_notes(alice, coach, upstream):
    chat = alice.start(coach)
    alice.hears(chat)
    for number in range(9):
        alice.say(chat, f"Fact {number}: " + "ice floats on water. " * 20)
        alice.hears(chat)
        wait_until(lambda: Memory.objects.get().digest_job is None, 20, "it is condensed for ever")
    requests = asked(upstream)
    first = next(n for n, messages in enumerate(requests) if "Short notes." in messages[0].text)
    after = requests[first + 1]
    assert "k0011" in notes(after)
    assert sum(message.text.startswith("Fact") for message in after) == 3  # of the last four messages, and the new one
    assert all(f"Fact {number}: ice" in requests[first][1].text for number in range(first - 3))
    assert max(takes(messages) for messages in requests) <= 2_048 - 300
    assert Digest.objects.get().model == "gpt-4.1-mini"
    assert [message["text"][:6] for message in alice.transcript(chat) if message["role"] == "user"] == [
        f"Fact {number}" for number in range(9)
    ]


def test_the_turn_that_comes_before_the_notes_are_ready_waits_for_nothing_and_fits(alice, coach, upstream):
    coach.active_version.summary_prompt = "Short notes. [[script=think:3]]"
    coach.active_version.save()
    chat = alice.start(coach)
    alice.hears(chat)
    for number in range(9):
        alice.say(chat, f"Fact {number}: " + "ice floats on water. " * 20)
        alice.hears(chat)
    requests = asked(upstream)
    slow = next(n for n, messages in enumerate(requests) if "Short notes." in messages[0].text)
    assert notes(requests[slow + 1]) is None
    assert max(takes(messages) for messages in requests) <= 2_048 - 300


def test_a_message_larger_than_the_window_never_reaches_the_model_and_comes_back_as_a_draft(alice, sam, upstream):
    chat = alice.start(sam)
    alice.hears(chat)
    text = "Why does ice float on water? " * 300
    answer = alice.client.post(f"{chat}say/", {"text": text, "client_id": "7f0c1d1e-0d8a-4a54-9d2c-2f1f2c4f6a01"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "takes 2,1" in page
    assert "the model has room for 1,6" in page
    assert f"\n{text.strip()}" in page
    assert len(asked(upstream)) == 1


def test_a_message_that_does_not_fit_the_model_it_is_tried_again_with_is_told_its_size_and_the_limit(alice, sam, upstream):
    chat = alice.client.post(reverse("chats:start"), {"assistant": sam.code, "model": "gpt-6-luna"})["Location"]
    alice.hears(chat)
    alice.say(chat, "[[script=quota]] " + "Why does ice float on water? " * 300)
    alice.hears(chat, "failed")
    count = len(asked(upstream))
    alice.press(chat, "retry", model="gpt-4.1-mini")
    wait_until(lambda: alice.transcript(chat)[-1].get("model") == "gpt-4.1-mini", 20, "it is not tried again")
    alice.hears(chat, "failed")
    reply = Reply.objects.get(model="gpt-4.1-mini")
    assert (2_100 < reply.too_long_size < 2_200, 1_600 < reply.too_long_most < 1_748) == (True, True)
    assert f"It takes {reply.too_long_size:,} tokens, and there is room for {reply.too_long_most:,}." in alice.page(chat)
    assert len(asked(upstream)) == count


def test_instructions_that_do_not_fit_are_said_to_be_the_reason(alice, sam, upstream):
    sam.active_version.initial_prompt = "Ask until they find it. " * 500
    sam.active_version.save()
    chat = alice.start(sam)
    alice.hears(chat, "failed")
    assert "instructions don’t fit into" in alice.page(chat)
    assert asked(upstream) == []
