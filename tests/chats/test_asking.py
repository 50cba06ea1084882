"""What it costs to ask for a reply: it does not depend on how long the chat is."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chats import sealing
from chats.models import Reply
from chats.replying.asking import ask
from gptlab import crypto
from tests.chats.condensing import conftest
from tests.chats.conftest import make_assistant, visit_of
from tests.chats.talking import end, start

pytestmark = pytest.mark.django_db
small_window, model, coach = conftest.small_window, conftest.model, conftest.coach


@pytest.fixture
def opened(monkeypatch):
    """A list that grows by one with each text that is opened."""
    texts = []
    unseal = crypto.unseal_text
    monkeypatch.setattr(sealing.crypto, "unseal_text", lambda key, token: texts.append(1) or unseal(key, token))
    return texts


def cost(chat, opened):
    """(statements, texts opened, messages) of asking for one more reply."""
    reply = Reply.objects.select_related("turn", "session__assistant").filter(session=chat.session).latest("turn__number")
    opened.clear()
    with CaptureQueriesContext(connection) as queries:
        request, _load = ask(reply, chat.credential)
    return len(queries), len(opened), len(request.messages)


@pytest.mark.parametrize("session_type", ["coaching", "brainstorming"])
def test_a_chat_of_six_hundred_turns_costs_what_one_of_sixty_does(alice, opened, session_type, small_window):
    visit = visit_of(alice)
    session = start(alice, visit, make_assistant(name="Long", session_type=session_type)).session
    end(session.replies.get())
    chat = conftest.Chat(alice, visit, session, begins=1_000)
    costs = []
    for rounds in (3, 27):
        for _ in range(rounds):
            chat.grow(20, words=20)
            assert session_type == "brainstorming" or chat.condense()
        costs.append(cost(chat, opened))
    assert costs[0] == costs[1]
    assert costs[0][1] < 60
