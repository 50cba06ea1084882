import pytest

from accounts import relay
from chats import conversation
from chats.models import ChatSession, Reply, Turn
from gptlab.errors import Missing
from tests.chats.conftest import NOW, visit_of
from tests.chats.talking import end, say, start

pytestmark = pytest.mark.django_db


def test_a_deleted_chat_leaves_no_row(alice, session):
    conversation.delete(user=alice, session_id=session.pk, now=NOW)
    assert [model.objects.count() for model in (ChatSession, Turn, Reply)] == [0, 0, 0]


@pytest.mark.parametrize("state", ["pending", "running"])
def test_a_chat_is_deleted_while_it_is_answered(alice, visit, session, state):
    reply = say(alice, visit, session).reply
    end(reply, state)
    conversation.delete(user=alice, session_id=session.pk, now=NOW)
    assert not Reply.objects.exists()
    with pytest.raises(relay.Gone):
        relay.take(kind="reply", job_id=reply.pk, user_id=alice.pk)


def test_a_foreign_chat_is_not_deleted(bob, session):
    with pytest.raises(Missing):
        conversation.delete(user=bob, session_id=session.pk, now=NOW)
    assert ChatSession.objects.exists()


def test_all_means_all_of_ones_own(alice, bob, visit, sam, session, monkeypatch):
    monkeypatch.setattr("chats.conversation.deleting._BATCH", 2)
    for _ in range(4):
        start(alice, visit, sam)
    bobs = start(bob, visit_of(bob), sam).session
    assert conversation.delete_all(user=alice, now=NOW) == 5
    assert list(ChatSession.objects.all()) == [bobs]
    assert conversation.delete_all(user=alice, now=NOW) == 0


def test_what_was_counted_for_the_assistant_stays(alice, sam, session):
    conversation.delete(user=alice, session_id=session.pk, now=NOW)
    assert sam.days.get().sessions == 1
