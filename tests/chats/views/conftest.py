"""Alice and bob with their browsers, and alice's chat with Sam. No worker runs here."""

import pytest
from django.utils import timezone

from chats import conversation, tasks
from chats.models import Reply
from chats.views import stream as view
from tests.cast import visitor
from tests.chats.conftest import make_assistant
from tests.chats.views.talk import store


@pytest.fixture
def alice(db):
    return visitor("alice")


@pytest.fixture
def bob(db):
    return visitor("bob")


@pytest.fixture
def sam(db):
    return make_assistant(name="Sam")


@pytest.fixture(autouse=True)
def sent(monkeypatch):
    """Ids of the replies that went to the broker: no worker runs here."""
    ids = []
    monkeypatch.setattr(tasks, "enqueue", lambda reply: ids.append(reply.pk))
    return ids


@pytest.fixture
def opening(alice, sam):
    """Alice's chat, its opening reply done."""
    reply = conversation.start(user=alice.user, visit=alice.visit, code=sam.code, model="", now=timezone.now())
    store(reply, alice, "Hello from **Sam**.")
    return reply


@pytest.fixture
def reply(alice):
    """Alice's opening reply, which a worker has just claimed."""
    made = conversation.start(
        user=alice.user, visit=alice.visit, code=make_assistant(name="Sam").code, model="", now=timezone.now()
    )
    Reply.objects.filter(pk=made.pk).update(state="running", fence=1)
    return made


@pytest.fixture
def hurry(monkeypatch):
    """Fifteen quiet seconds are over in a moment."""
    monkeypatch.setattr(view, "TICK", 0.01)
    monkeypatch.setattr(view, "LOOK", 0.03)
