"""Whatever the upstream does, a reply ends once, says what happened, keeps what came, and can be tried again."""

import re

import pytest
from django.utils import timezone

from chats.models import Reply

# ways out, as the page shows them
RETRY, MODEL, NONE = "retry", "retry with another model", "none"
# script → state, code, words that the visitor reads, the way out
TROUBLES = [
    ("invalid_key", "failed", "key_rejected", "OpenAI no longer accepts this key", RETRY),
    ("quota", "failed", "quota", "Your OpenAI balance is used up", RETRY),
    ("rate_limited", "failed", "rate_limited", "OpenAI asks us to slow down", RETRY),
    ("context_too_long", "failed", "context_too_long", "This chat is too long for gpt-4.1-mini", MODEL),
    ("model_not_found", "failed", "model_not_allowed", "Your key may not use gpt-4.1-mini", MODEL),
    ("content_filter", "failed", "content_filter", "The content filter of OpenAI refused", NONE),
    ("bad_parameter", "failed", "bad_request", "OpenAI does not take this request", MODEL),
    ("status:500", "failed", "server_error", "OpenAI had a fault of its own", RETRY),
    ("html:502", "failed", "server_error", "OpenAI had a fault of its own", RETRY),
    ("drop", "failed", "unreachable", "OpenAI can’t be reached", RETRY),
    ("redirect", "failed", None, "Your message is kept", None),
    ("wire:nothing at all", "failed", "server_error", "OpenAI had a fault of its own", RETRY),
    ("say:0", "failed", "empty", "OpenAI sent a reply without a word", RETRY),
    ("cut_after:40", "interrupted", "interrupted", "The line to OpenAI broke", RETRY),
    ("no_finish:40", "interrupted", "interrupted", "The line to OpenAI broke", RETRY),
    ("leaky:400", "failed", "bad_request", "OpenAI does not take this request", MODEL),
    ("leaky:401", "failed", "key_rejected", "OpenAI no longer accepts this key", RETRY),
    ("leaky:500", "failed", "server_error", "OpenAI had a fault of its own", RETRY),
]


def way_out(page):
    form = re.search(r'<form class="ways".*?</form>', page, re.DOTALL)
    if form is None:
        return NONE
    return MODEL if "<select" in form[0] else RETRY


@pytest.mark.parametrize(("script", "state", "code", "words", "way"), TROUBLES)
def test_a_trouble_ends_the_reply_and_says_the_way_out(alice, sam, script, state, code, words, way):
    chat = alice.start(sam)
    alice.hears(chat)
    alice.say(chat, f"[[script={script}]] Please")
    message = alice.hears(chat, "failed", "interrupted", "done")
    page = alice.page(chat)
    reply = Reply.objects.get(turn__number=1)
    assert (message["state"], words in page) == (state, True)
    assert code in (reply.error_code, None)
    assert way in (way_out(page), None)
    assert message["text"].startswith("k0000 k0001") == (state == "interrupted")
    for secret in (alice.key, "Mirabelle"):
        assert secret not in page
    assert alice.press(chat, "retry").status_code == 303
    assert alice.hears(chat, state)["variant"] == 2
    assert [one["text"] for one in alice.transcript(chat) if one["role"] == "user"] == [f"[[script={script}]] Please"]


def test_a_wait_that_the_upstream_asks_for_is_told(alice, sam):
    chat = alice.start(sam)
    alice.hears(chat)
    alice.say(chat, "[[script=rate_limited:600]] Please")
    alice.hears(chat, "failed")
    assert "You can try again in 10 min." in alice.page(chat)
    left = (Reply.objects.get(turn__number=1).retry_at - timezone.now()).total_seconds()
    assert 500 < left <= 600


def test_another_model_is_for_the_rest_of_the_chat(alice, sam, upstream):
    chat = alice.start(sam)
    alice.hears(chat)
    alice.say(chat, "[[script=model_not_found]] Please")
    alice.hears(chat, "failed")
    assert "<option>gpt-6-luna</option>" in alice.page(chat)
    alice.press(chat, "retry", model="gpt-6-luna")
    alice.hears(chat, "failed")
    alice.say(chat, "[[script=say:3]] And now")
    alice.hears(chat)
    assert [sent["body"]["model"] for sent in upstream.sent if "model" in sent["body"]][-2:] == ["gpt-6-luna", "gpt-6-luna"]


def test_a_model_that_the_key_does_not_have_is_refused(alice, sam):
    chat = alice.start(sam)
    alice.hears(chat)
    alice.say(chat, "[[script=model_not_found]] Please")
    alice.hears(chat, "failed")
    answer = alice.press(chat, "retry", model="../gpt-0")
    assert answer.status_code == 422
    assert "is not among the models that your key can use here" in answer.content.decode()


def test_what_passes_by_itself_is_not_shown(alice, sam):
    """Two failures before the first byte are tried again silently: nothing was paid for."""
    chat = alice.start(sam)
    alice.hears(chat)
    alice.say(chat, "[[script=flaky:2:503]] Please")
    assert alice.hears(chat, "done", "failed")["state"] == "done"


def test_a_retry_that_works_takes_the_place_of_what_failed(alice, sam):
    chat = alice.start(sam)
    alice.hears(chat)
    alice.say(chat, "[[script=flaky:3:503]] Please")
    alice.hears(chat, "failed")
    alice.press(chat, "retry")
    told = alice.hears(chat, "done")
    assert (told["text"], told["variant"]) == ("You said: [[script=flaky:3:503]] Please", 2)
    assert way_out(alice.page(chat)) == NONE
    alice.say(chat, "[[script=say:3]] Go on")
    assert alice.hears(chat)["turn"] == 2
