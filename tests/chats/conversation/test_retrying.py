import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connections

from accounts import relay
from assistants.models import Version
from chats import conversation
from chats.errors import Busy, NothingToRegenerate, NothingToRetry, SessionOver
from chats.models import ChatSession, Reply
from gptlab.errors import Invalid, Missing
from tests.chats.conftest import NOW, visit_of
from tests.chats.talking import answer, end, say, start, told

State = Reply.State
pytestmark = pytest.mark.django_db


def retry(user, visit, reply, **more):
    return conversation.retry(user=user, visit=visit, session_id=reply.session_id, reply_id=reply.pk, now=NOW, **more)


def regenerate(user, visit, session, *, turn=None, client_id=""):
    return conversation.regenerate(user=user, visit=visit, session_id=session.pk, turn=turn, client_id=str(client_id), now=NOW)


@pytest.mark.parametrize("state", [State.FAILED, State.INTERRUPTED])
def test_a_retry_is_a_new_chosen_variant_of_the_same_turn(alice, visit, session, last, state):
    end(last, state)
    new = retry(alice, visit, last)
    last.refresh_from_db()
    assert (new.turn_id, new.variant, new.chosen, last.chosen, new.state) == (last.turn_id, 2, True, False, "pending")
    assert relay.take(kind="reply", job_id=new.pk, user_id=alice.pk)


@pytest.mark.parametrize("state", [State.DONE, State.STOPPED])
def test_a_reply_that_ended_well_is_not_retried(alice, visit, session, last, state):
    end(last, state)
    with pytest.raises(NothingToRetry):
        retry(alice, visit, last)


def test_a_retry_takes_the_models_that_a_new_chat_would(alice, session, last):
    """`gpt-5` is not offered: only who talks with an assistant that was made for it may choose it."""
    end(last, State.FAILED)
    visit = visit_of(alice, models=("gpt-4.1-mini", "gpt-5", "gpt-6-luna"))
    for model in ("gpt-5", "gpt-9"):
        with pytest.raises(Invalid) as refusal:
            retry(alice, visit, last, model=model)
        assert refusal.value.field == "model"
    Version.objects.update(model="gpt-5")
    assert retry(alice, visit, last, model="gpt-5").model == "gpt-5"


def test_only_the_last_turn_is_retried(alice, visit, session):
    earlier = session.replies.get(turn__number=1)
    end(earlier, State.FAILED)
    with pytest.raises(NothingToRetry):
        retry(alice, visit, earlier)


def test_a_button_pressed_twice_is_one_retry(alice, visit, session, last):
    end(last, State.FAILED)
    first = retry(alice, visit, last)
    assert retry(alice, visit, last) == first
    end(first)
    assert retry(alice, visit, last) == first
    assert last.turn.replies.count() == 2


def test_a_regenerated_reply_is_chosen_and_the_earlier_one_is_kept(alice, visit, session, last):
    said = regenerate(alice, visit, session, turn=2)
    assert (said.is_new, said.turn.number, said.reply.variant, said.reply.state) == (True, 2, 2, "pending")
    assert relay.take(kind="reply", job_id=said.reply.pk, user_id=alice.pk)
    answer(visit, said.reply, "better")
    assert told(session, visit)[-1] == ("two", "better")
    assert [(reply.variant, reply.chosen) for reply in last.turn.replies.order_by("variant")] == [(1, False), (2, True)]
    assert ChatSession.objects.get().turn_count == 3


def test_the_opening_can_be_regenerated(alice, visit, sam):
    session = answer(visit, start(alice, visit, sam), "Welcome").session
    answer(visit, regenerate(alice, visit, session).reply, "Hello")
    assert told(session, visit) == [(None, "Hello")]


def test_the_next_variant_comes_after_all_others_whichever_is_chosen(alice, visit, session, last):
    end(regenerate(alice, visit, session).reply)
    conversation.choose(user=alice, session_id=session.pk, reply_id=last.pk)
    assert regenerate(alice, visit, session).reply.variant == 3


def test_only_the_last_reply_is_regenerated(alice, visit, session):
    with pytest.raises(NothingToRegenerate):
        regenerate(alice, visit, session, turn=1)
    assert session.replies.count() == 3


def test_the_same_form_twice_is_one_variant(alice, visit, session, last):
    form_id = uuid.uuid4()
    first, second = (regenerate(alice, visit, session, client_id=form_id) for _ in range(2))
    assert (first.is_new, second.is_new, second.reply) == (True, False, first.reply)
    end(first.reply)
    assert not regenerate(alice, visit, session, client_id=form_id).is_new
    assert last.turn.replies.count() == 2


def test_nothing_is_regenerated_while_a_reply_is_written(alice, visit, session):
    say(alice, visit, session)
    with pytest.raises(Busy):
        regenerate(alice, visit, session)
    assert not session.replies.filter(variant=2).exists()


def test_nothing_is_regenerated_in_a_concluded_session(alice, visit, session):
    ChatSession.objects.update(status="completed")
    with pytest.raises(SessionOver):
        regenerate(alice, visit, session)


def test_a_foreign_reply_is_not_regenerated(alice, bob, session):
    with pytest.raises(Missing):
        regenerate(bob, visit_of(bob), session)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("same_form", [True, False])
def test_two_tabs_that_regenerate_at_once_make_one_variant(alice, visit, session, same_form):
    form_id, outcomes, barrier = uuid.uuid4(), [], threading.Barrier(2)

    def press():
        barrier.wait()
        try:
            said = regenerate(alice, visit, session, client_id=form_id if same_form else uuid.uuid4())
            outcomes.append("new" if said.is_new else "again")
        except Busy:
            outcomes.append("busy")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(outcomes) == (["again", "new"] if same_form else ["busy", "new"])
    assert session.replies.filter(turn__number=2).count() == 2


@pytest.mark.parametrize("again", ["retry", "regenerate"])
def test_a_chat_that_was_left_alone_goes_on_with_another_reply(alice, visit, session, last, again):
    end(last, State.FAILED)
    long_ago = NOW - timedelta(days=30)
    ChatSession.objects.update(status="upstream_failed", last_turn_at=long_ago)
    retry(alice, visit, last) if again == "retry" else regenerate(alice, visit, session)
    session.refresh_from_db()
    assert (session.status, session.last_turn_at) == ("started", NOW)
