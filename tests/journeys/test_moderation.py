"""A message is checked beside its reply: what is found is shown, kept sealed, and counted without its text."""

import re

import pytest

from assistants.models import AssistantDay
from chats.models import Turn
from tests.lab import wait_until

NOTICE = re.compile(r"Your provider’s check put this message under: ([^.]*)\.")


def flags(alice, chat):
    found = NOTICE.findall(alice.page(chat))
    return found[0] if found else None


def test_a_flagged_message_shows_which_categories(alice, sam, upstream):
    chat = alice.start(sam)
    alice.hears(chat)
    alice.say(chat, "Something ugly.")
    assert alice.hears(chat)["text"] == "You said: Something ugly."
    wait_until(lambda: flags(alice, chat), 20, "nothing is shown")
    assert flags(alice, chat) == "threats, violence"
    row = Turn.objects.get(number=1)
    assert "violence" not in row.sealed_flags
    assert sum(AssistantDay.objects.values_list("flagged", flat=True)) == 1


def test_an_innocent_message_shows_and_counts_nothing(alice, sam, upstream):
    chat = alice.start(sam)
    alice.hears(chat)
    alice.say(chat, "Something nice.")
    alice.hears(chat)
    wait_until(lambda: any("moderations" in call["path"] for call in upstream.aside), 20, "nobody asks")
    assert flags(alice, chat) is None
    assert sum(AssistantDay.objects.values_list("flagged", flat=True)) == 0


def test_the_opening_is_not_checked(alice, sam, upstream):
    alice.hears(alice.start(sam))
    assert [call["path"] for call in upstream.aside] == []


@pytest.mark.parametrize("script", ["hang", "status:500", "odd_verdict:1", "drop"])
def test_moderation_that_fails_or_hangs_keeps_no_reply_waiting(alice, sam, upstream, script):
    chat = alice.start(sam)
    alice.hears(chat)
    alice.say(chat, f"Something ugly. [[moderation={script}]]")
    assert alice.hears(chat)["state"] == "done"
    assert flags(alice, chat) is None


def test_an_operator_who_turns_it_off_has_nothing_checked(alice, sam, upstream, settings):
    settings.MODERATE_MESSAGES = False
    chat = alice.start(sam)
    alice.hears(chat)
    alice.say(chat, "Something ugly.")
    alice.hears(chat)
    assert [call for call in upstream.aside if "moderations" in call["path"]] == []


def test_a_message_is_counted_once_however_often_it_is_answered(alice, sam, upstream):
    chat = alice.start(sam)
    alice.hears(chat)
    alice.say(chat, "Something ugly.")
    alice.hears(chat)
    wait_until(lambda: flags(alice, chat), 20, "nothing is shown")
    alice.client.post(f"{chat}regenerate/", {"turn": "1"})
    alice.hears(chat)
    assert sum(AssistantDay.objects.values_list("flagged", flat=True)) == 1
