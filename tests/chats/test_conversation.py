import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connection, connections

from accounts import relay
from assistants.errors import Retired, Unfinished, UnknownCode
from assistants.models import Assistant
from chats import conversation
from chats.errors import Busy, CannotChat, ClientIdReused, SessionOver, UnfitMessage
from chats.models import ChatSession, Reply, Turn
from chats.sealing import Vault
from gptlab.errors import Invalid, Missing
from tests.chats.conftest import NOW, make_assistant, visit_of
from tests.chats.talking import end, say, start

State = Reply.State
pytestmark = pytest.mark.django_db


@pytest.fixture
def session(alice, visit, sam):
    """Alice's, with its opening reply done."""
    reply = start(alice, visit, sam)
    end(reply)
    return reply.session


def test_a_start_leaves_an_opening_turn_and_a_pending_reply(alice, visit, sam):
    reply = start(alice, visit, sam)
    assert (reply.state, reply.turn.number, reply.turn.sealed_text, reply.model) == ("pending", 0, None, "gpt-4.1-mini")
    assert relay.take(kind="reply", job_id=reply.pk, user_id=alice.pk).api_key == visit.api_key


def test_a_start_is_counted_for_the_assistant(alice, visit, sam):
    start(alice, visit, sam)
    start(alice, visit, sam)
    assert sam.days.get().sessions == 2


@pytest.mark.parametrize(
    ("whose", "visibility", "active", "refusal"),
    [
        ("house", "listed", True, None),
        ("house", "unlisted", True, None),
        ("house", "private", True, UnknownCode),
        ("house", "listed", False, Retired),
        ("alice", "private", True, None),
        ("bob", "private", True, UnknownCode),
        ("bob", "private", False, UnknownCode),
        ("bob", "unlisted", True, None),
    ],
)
def test_who_may_talk_to_whom(alice, bob, visit, whose, visibility, active, refusal):
    creator = {"house": None, "alice": alice, "bob": bob}[whose]
    assistant = make_assistant(name="X", creator=creator, visibility=visibility, is_active=active)
    if refusal is None:
        assert start(alice, visit, assistant).session.assistant == assistant
    else:
        with pytest.raises(refusal):
            start(alice, visit, assistant)


def test_nobody_talks_to_one_that_is_not_set_up(alice, visit, sam):
    Assistant.objects.update(active_version=None)
    with pytest.raises(Unfinished):
        start(alice, visit, sam)


def test_a_chat_may_begin_with_the_visitors_own_words(alice, visit, sam):
    reply = start(alice, visit, sam, text="Why does\r\nice float?")
    vault = Vault(user_id=alice.pk, data_key=visit.data_key)
    assert vault.open_turn(reply.turn.sealed_text, session_id=reply.session_id, turn=0) == "Why does\nice float?"
    assert (reply.turn.number, reply.session.turn_count) == (0, 1)


@pytest.mark.parametrize("text", ["  ", "\u200b", "x" * 40_000])
def test_a_chat_does_not_begin_with_words_that_no_message_may_have(alice, visit, sam, text):
    with pytest.raises(UnfitMessage):
        start(alice, visit, sam, text=text)
    assert not ChatSession.objects.exists()


def test_the_same_form_sent_twice_begins_one_chat(alice, bob, visit, sam):
    form_id = str(uuid.uuid4())
    first = start(alice, visit, sam, client_id=form_id)
    end(first)
    assert start(alice, visit, sam, client_id=form_id) == first
    assert start(bob, visit_of(bob), sam, client_id=form_id) != first
    assert start(alice, visit, sam, client_id=str(uuid.uuid4())) != first
    assert (ChatSession.objects.count(), sam.days.get().sessions) == (3, 3)


@pytest.mark.django_db(transaction=True)
def test_two_forms_at_once_begin_one_chat(alice, visit, sam):
    form_id, replies = str(uuid.uuid4()), []

    def press():
        try:
            replies.append(start(alice, visit, sam, client_id=form_id).pk)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(replies) == 4
    assert len(set(replies)) == 1
    assert ChatSession.objects.count() == 1


@pytest.mark.parametrize("client_id", ["x", "0" * 64, "../"])
def test_a_form_that_is_none_of_ours_begins_nothing(alice, visit, sam, client_id):
    with pytest.raises(Invalid):
        start(alice, visit, sam, client_id=client_id)


def test_a_model_that_the_key_does_not_have_is_refused(alice, visit, sam):
    with pytest.raises(Invalid):
        start(alice, visit, sam, model="../gpt-9")
    assert not ChatSession.objects.exists()


def test_a_turn_is_stored_sealed_and_exactly(alice, visit, session):
    text = "{{7*7}} '; DROP TABLE <b>\u202e שלום 👩‍👩‍👧 \0 end  "
    said = say(alice, visit, session, text)
    row = Turn.objects.get(pk=said.turn.pk)
    assert "DROP" not in row.sealed_text
    from chats.sealing import Vault

    vault = Vault(user_id=alice.pk, data_key=visit.data_key)
    assert vault.open_turn(row.sealed_text, session_id=session.pk, turn=row.number) == text


@pytest.mark.parametrize("text", ["", "   ", "\n\t\r\n", "\u200b\u200d\ufeff", "\u3164\u2800", "\0"])
def test_an_empty_message_is_refused(alice, visit, session, text):
    with pytest.raises(UnfitMessage):
        say(alice, visit, session, text)
    assert session.turns.count() == 1


def test_a_message_may_have_32_kilobytes_and_not_one_byte_more(alice, visit, session):
    assert say(alice, visit, session, "é" * 16 * 1024).is_new
    with pytest.raises(UnfitMessage, match="33 kB; up to 32 kB"):
        say(alice, visit, session, "é" * 16 * 1024 + "x")


def test_the_same_form_twice_is_one_turn(alice, visit, session):
    form_id = uuid.uuid4()
    first, second = say(alice, visit, session, "Hi", form_id), say(alice, visit, session, "Hi", form_id)
    assert (first.is_new, second.is_new, first.reply) == (True, False, second.reply)
    assert session.turns.count() == 2


def test_a_form_reused_with_other_words_is_refused(alice, visit, session):
    form_id = uuid.uuid4()
    say(alice, visit, session, "Hi", form_id)
    with pytest.raises(ClientIdReused):
        say(alice, visit, session, "Other", form_id)


def test_a_client_id_that_is_no_uuid_is_refused(alice, visit, session):
    with pytest.raises(Invalid):
        say(alice, visit, session, "Hi", "1; --")


def test_only_one_reply_lives_at_a_time(alice, visit, session):
    say(alice, visit, session)
    with pytest.raises(Busy):
        say(alice, visit, session)


def test_a_foreign_session_is_missing(alice, bob, visit, session):
    with pytest.raises(Missing):
        say(bob, visit_of(bob), session)


def test_a_concluded_session_takes_no_turn(alice, visit, session):
    ChatSession.objects.update(status="completed")
    with pytest.raises(SessionOver):
        say(alice, visit, session)


@pytest.mark.parametrize("status", ["user_abandoned", "system_abandoned", "upstream_failed"])
def test_a_session_that_was_left_alone_goes_on_when_its_visitor_says_something(alice, visit, session, status):
    ChatSession.objects.update(status=status)
    say(alice, visit, session)
    assert ChatSession.objects.get().status == "started"


def test_a_refused_key_can_not_chat(alice, session):
    with pytest.raises(CannotChat):
        say(alice, visit_of(alice, can_chat=False), session)


def test_stopping_a_pending_reply_ends_it(alice, visit, session):
    reply = say(alice, visit, session).reply
    conversation.stop(user=alice, session_id=session.pk, reply_id=reply.pk, now=NOW)
    reply.refresh_from_db()
    assert reply.state == "stopped"


def test_stopping_a_running_reply_asks_its_worker_once(alice, visit, session):
    reply = say(alice, visit, session).reply
    Reply.objects.filter(pk=reply.pk).update(state=State.RUNNING)
    for later in (0, 5):
        conversation.stop(user=alice, session_id=session.pk, reply_id=reply.pk, now=NOW + timedelta(seconds=later))
    reply.refresh_from_db()
    assert (reply.state, reply.stop_requested_at) == ("running", NOW)


def test_stopping_after_the_end_changes_nothing(alice, visit, session):
    reply = say(alice, visit, session).reply
    end(reply)
    conversation.stop(user=alice, session_id=session.pk, reply_id=reply.pk, now=NOW)
    reply.refresh_from_db()
    assert (reply.state, reply.stop_requested_at) == ("done", None)


def test_a_foreign_reply_can_not_be_stopped(alice, bob, visit, session):
    reply = say(alice, visit, session).reply
    with pytest.raises(Missing):
        conversation.stop(user=bob, session_id=session.pk, reply_id=reply.pk, now=NOW)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("same_form", [True, False])
def test_two_tabs_that_send_at_once_make_one_turn(alice, visit, sam, same_form):
    reply = start(alice, visit, sam)
    end(reply)
    form_id, outcomes, barrier = uuid.uuid4(), [], threading.Barrier(2)

    def send():
        barrier.wait()
        try:
            said = say(alice, visit, reply.session, "Hi", form_id if same_form else None)
            outcomes.append("new" if said.is_new else "again")
        except Busy:
            outcomes.append("busy")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(outcomes) == (["again", "new"] if same_form else ["busy", "new"])
    assert Turn.objects.count() == 2
    assert connection.vendor
