"""What moderation found in a message, as the worker stores it."""

import pytest

from chats import history
from chats.replying import storing
from chats.replying.claiming import claim
from tests.chats.talking import answer, say, start, vault_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(alice, visit, sam):
    """Of the reply to alice's first message."""
    session = answer(visit, start(alice, visit, sam), "Welcome").session
    return claim(say(alice, visit, session, "Hello").reply.pk)


def test_a_claimed_reply_carries_the_message_that_is_to_be_checked(job):
    assert job.unchecked == "Hello"


def test_an_opening_and_what_an_operator_does_not_want_checked_carry_none(alice, visit, sam, settings):
    assert claim(start(alice, visit, sam).pk).unchecked == ""
    settings.MODERATE_MESSAGES = False
    session = answer(visit, start(alice, visit, sam), "Welcome").session
    assert claim(say(alice, visit, session, "Hello").reply.pk).unchecked == ""


def test_what_is_found_is_stored_sealed_and_counted_once(job, visit, sam):
    assert storing._flag(job, ("hate", "violence"))
    assert not storing._flag(job, ("sexual",))
    turn = sam.chat_sessions.get().turns.get(number=1)
    assert history.open_flags(turn, vault=vault_of(visit)) == ("hate", "violence")
    assert "violence" not in turn.sealed_flags
    assert sum(sam.days.values_list("flagged", flat=True)) == 1


def test_a_mark_without_a_category_and_one_that_does_not_open_still_show(job, visit, sam):
    storing._flag(job, ())
    turn = sam.chat_sessions.get().turns.get(number=1)
    assert history.open_flags(turn, vault=vault_of(visit)) == ()
    turn.sealed_flags = "nothing"
    assert history.open_turn(turn, vault=vault_of(visit)).flags == ()
