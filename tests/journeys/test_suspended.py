"""What becomes of chats when the moderators take their assistant out of use."""

from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import User
from assistants.models import Decision
from assistants.moderation import decide
from chats.models import Reply
from tests.cast import visitor
from tests.chats.conftest import make_assistant
from tests.chats.talking import end

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice():
    return visitor("alice")


@pytest.fixture
def sam(db):
    return make_assistant(name="Socratic Sam")


@pytest.fixture
def chat(alice, sam):
    answer = alice.client.post("/chats/start/", {"assistant": sam.code, "starter": "Hello there"})
    end(Reply.objects.get())
    return answer["Location"]


def suspend(assistant, action=Decision.Action.SUSPENDED):
    moderator = User.objects.create_superuser(f"mo{User.objects.count()}", "a long password")
    decide([assistant.pk], action=action, reason="It picks locks.", by=moderator, now=timezone.now())


def test_a_chat_stays_readable_and_nothing_more_is_said_in_it(alice, sam, chat):
    suspend(sam)
    page = alice.client.get(chat)
    assert page.status_code == 200
    assert "Hello there" in page.content.decode()
    refused = alice.client.post(f"{chat}say/", {"text": "Go on", "client_id": str(uuid4())})
    assert refused.status_code == 410
    assert "was suspended by the moderators" in refused.content.decode()
    assert Reply.objects.count() == 1
    assert "Hello there" in alice.client.get(f"{chat}transcript.csv").content.decode()


def test_no_other_way_leads_to_a_reply(alice, sam, chat):
    suspend(sam)
    for way in ("regenerate", "edit"):
        answer = alice.client.post(f"{chat}{way}/", {"turn": "0", "text": "Go on", "client_id": str(uuid4())})
        assert answer.status_code == 410, way
    assert Reply.objects.count() == 1


def test_no_new_chat_begins_and_the_page_says_why(alice, sam, chat):
    suspend(sam)
    page = alice.client.get(f"/assistants/{sam.code}/")
    assert page.status_code == 410
    assert "Socratic Sam is suspended" in page.content.decode()
    assert alice.client.post("/chats/start/", {"assistant": sam.code}).status_code == 410
    assert f'href="/assistants/{sam.code}/"' not in alice.client.get("/lounge/").content.decode()


def test_restored_it_goes_on(alice, sam, chat):
    suspend(sam)
    suspend(sam, Decision.Action.RESTORED)
    assert alice.client.post(f"{chat}say/", {"text": "Go on", "client_id": str(uuid4())}).status_code == 303
    assert Reply.objects.count() == 2
