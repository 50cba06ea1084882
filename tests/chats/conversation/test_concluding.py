import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connections

from accounts import relay
from chats import conversation, recapping
from chats.errors import Busy, CannotChat, TooShort
from chats.models import ChatSession, Reply
from gptlab.errors import Missing
from tests.chats.conftest import NOW, visit_of
from tests.chats.talking import answer, say, told, vault_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def long_enough(alice, visit, session):
    """Seven messages."""
    answer(visit, say(alice, visit, session, "three").reply, "re: three")
    session.refresh_from_db()
    return session


def conclude(user, visit, session, *, later=0):
    now = NOW + timedelta(seconds=later)
    return conversation.conclude(user=user, visit=visit, session_id=session.pk, now=now)


def test_a_concluded_session_waits_for_its_recap(alice, visit, long_enough):
    concluded = conclude(alice, visit, long_enough)
    session = ChatSession.objects.get()
    assert (session.status, session.recap_state, session.recap_asked_at) == ("completed", "pending", NOW)
    assert relay.take(kind="recap", job_id=concluded.job_id, user_id=alice.pk).api_key == visit.api_key


def test_more_than_five_messages_are_needed(alice, visit, session):
    assert not conversation.can_conclude(session)
    with pytest.raises(TooShort):
        conclude(alice, visit, session)
    answer(visit, say(alice, visit, session).reply, "")
    assert conversation.can_conclude(session)  # five, and one that nobody answered
    assert conclude(alice, visit, session).job_id


def test_nothing_is_concluded_while_a_reply_is_written(alice, visit, long_enough):
    say(alice, visit, long_enough)
    with pytest.raises(Busy):
        conclude(alice, visit, long_enough)
    assert ChatSession.objects.get().is_open


def test_concluding_twice_asks_for_one_recap(alice, visit, long_enough):
    assert conclude(alice, visit, long_enough).job_id
    assert conclude(alice, visit, long_enough).job_id is None
    ChatSession.objects.update(recap_state="done")
    assert conclude(alice, visit, long_enough, later=9999).job_id is None


@pytest.mark.parametrize(("state", "later"), [("failed", 1), ("pending", recapping.PATIENCE.total_seconds())])
def test_a_recap_that_failed_or_got_lost_can_be_asked_for_again(alice, visit, long_enough, state, later):
    first = conclude(alice, visit, long_enough)
    ChatSession.objects.update(recap_state=state)
    again = conclude(alice, visit, long_enough, later=later)
    assert again.job_id not in (None, first.job_id)
    assert ChatSession.objects.get().recap_state == "pending"


def test_a_resumed_session_goes_on_where_it_was(alice, visit, long_enough):
    conclude(alice, visit, long_enough)
    assert conversation.resume(user=alice, session_id=long_enough.pk).is_open
    answer(visit, say(alice, visit, long_enough, "four").reply, "re: four")
    assert told(long_enough, visit)[-1] == ("four", "re: four")
    assert conclude(alice, visit, long_enough, later=60).job_id


def test_what_is_foreign_is_neither_concluded_nor_resumed(bob, long_enough):
    with pytest.raises(Missing):
        conclude(bob, visit_of(bob), long_enough)
    with pytest.raises(Missing):
        conversation.resume(user=bob, session_id=long_enough.pk)


def test_a_refused_key_asks_for_no_recap(alice, long_enough):
    with pytest.raises(CannotChat):
        conclude(alice, visit_of(alice, can_chat=False), long_enough)
    assert ChatSession.objects.get().is_open


@pytest.mark.django_db(transaction=True)
def test_two_tabs_that_conclude_at_once_ask_for_one_recap_and_leave_one_credential(alice, visit, long_enough, redis_server):
    concluded, barrier = [], threading.Barrier(2)

    def press():
        barrier.wait()
        try:
            concluded.append(conclude(alice, visit, long_enough).job_id)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sum(job_id is not None for job_id in concluded) == 1
    assert len(redis_server.keys("relay:recap:*")) == 1


@pytest.mark.parametrize(("may_use", "writes"), [(("gpt-4.1-mini",), "gpt-4.1-mini"), (("gpt-6-luna",), "gpt-6-luna")])
def test_a_recap_is_written_by_a_model_that_the_key_may_use(alice, visit, long_enough, may_use, writes):
    Reply.objects.update(model="gpt-4.1-mini")
    conclude(alice, replace(visit, models=may_use), long_enough)
    session = ChatSession.objects.get()
    assert recapping.request(session, vault=vault_of(visit), provider="openai").model == writes
