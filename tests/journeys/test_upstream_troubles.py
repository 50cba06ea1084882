"""Whatever the upstream does, a reply ends once, says what happened, keeps what came, and can be tried again."""

import pytest

from chats.models import Reply

TRY_AGAIN = "Try again</button>"
# script → state, code, words that the visitor reads
TROUBLES = [
    ("invalid_key", "failed", "key_rejected", "no longer accepts this key"),
    ("quota", "failed", "quota", "balance is used up"),
    ("rate_limited", "failed", "rate_limited", "asks us to slow down"),
    ("context_too_long", "failed", "context_too_long", "too long for the model"),
    ("model_not_found", "failed", "model_not_allowed", "may not use this model"),
    ("content_filter", "failed", "content_filter", "content filter refused"),
    ("bad_parameter", "failed", "bad_request", "The reply failed"),
    ("status:500", "failed", "server_error", "had a fault of its own"),
    ("html:502", "failed", "server_error", "had a fault of its own"),
    ("drop", "failed", "unreachable", "can’t be reached"),
    ("redirect", "failed", None, "Your message is kept"),
    ("wire:nothing at all", "failed", "server_error", "had a fault of its own"),
    ("cut_after:40", "interrupted", "interrupted", "The line to OpenAI broke"),
    ("no_finish:40", "interrupted", "interrupted", "The line to OpenAI broke"),
    ("leaky:400", "failed", "bad_request", "The reply failed"),
    ("leaky:401", "failed", "key_rejected", "no longer accepts this key"),
    ("leaky:500", "failed", "server_error", "had a fault of its own"),
]


@pytest.mark.parametrize(("script", "state", "code", "words"), TROUBLES)
def test_a_trouble_ends_the_reply_and_can_be_tried_again(alice, sam, script, state, code, words):
    chat = alice.start(sam)
    alice.hears(chat)
    alice.say(chat, f"[[script={script}]] Please")
    message = alice.hears(chat, "failed", "interrupted", "done")
    page = alice.page(chat)
    reply = Reply.objects.get(turn__number=1)
    assert (message["state"], words in page, TRY_AGAIN in page) == (state, True, True)
    assert code in (reply.error_code, None)
    assert message["text"].startswith("k0000 k0001") == (state == "interrupted")
    for secret in (alice.key, "Mirabelle"):
        assert secret not in page
    assert alice.press(chat, "retry").status_code == 303
    assert alice.hears(chat, state)["variant"] == 2
    assert [one["text"] for one in alice.transcript(chat) if one["role"] == "user"] == [f"[[script={script}]] Please"]


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
    assert TRY_AGAIN not in alice.page(chat)
    alice.say(chat, "[[script=say:3]] Go on")
    assert alice.hears(chat)["turn"] == 2
