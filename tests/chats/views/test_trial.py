"""Step 2 of making an assistant, over HTTP."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from assistants import lab
from assistants.models import Assistant, Draft, Version
from chats.models import ChatSession, Reply
from tests.chats.views.talk import store

pytestmark = pytest.mark.django_db
MARKER = "Mumblecore"
DRAFT = {"initial_prompt": f"You are Moo, {MARKER}.", "name": "Moo", "model": "gpt-4.1-mini"}


@pytest.fixture
def draft(alice):
    return lab.begin(user=alice.user, now=timezone.now(), values=DRAFT)


@pytest.fixture
def trial(alice, draft):
    """Begun, and opened by the assistant. The address of its page."""
    alice.client.post(f"/lab/{draft.code}/trial/")
    store(Reply.objects.select_related("session", "turn").get(), alice, "Moo to **you**.")
    return f"/lab/{draft.code}/trial/"


def test_a_trial_begins_by_hand_since_it_costs_something(alice, draft, sent):
    page = alice.client.get(f"/lab/{draft.code}/trial/").content.decode()
    assert "Begin the test drive" in page
    assert MARKER in page
    assert sent == []
    answer = alice.client.post(f"/lab/{draft.code}/trial/")
    assert answer["Location"] == f"/lab/{draft.code}/trial/"
    assert sent == [Reply.objects.get().pk]


def test_the_trial_stands_beside_its_prompt(alice, trial):
    page = alice.client.get(trial).content.decode()
    assert "Moo to <strong>you</strong>." in page
    assert MARKER in page
    assert 'id="composer"' in page
    assert "/fork/" not in page
    assert "/conclude/" not in page


def test_the_same_page_is_at_the_chats_own_address(alice, trial):
    page = alice.client.get(f"/chats/{ChatSession.objects.get().pk}/").content.decode()
    assert "Moo to <strong>you</strong>." in page
    assert "Test drive of Moo" in page


def test_what_is_changed_beside_it_is_tried_anew(alice, draft, trial):
    alice.client.post(trial, {"initial_prompt": "Say baa."})
    assert lab.typed(draft)["initial_prompt"] == "Say baa."
    assert ChatSession.objects.get().version.initial_prompt == "Say baa."
    assert "Moo to" not in alice.client.get(trial).content.decode()


def test_a_draft_that_has_changed_since_says_so(alice, draft, trial):
    words = "changed since this trial began"
    assert words not in alice.client.get(trial).content.decode()
    lab.keep(draft, {"initial_prompt": "Say baa."}, now=timezone.now())
    assert words in alice.client.get(trial).content.decode()


def test_an_unfit_draft_is_not_tried_and_says_why(alice, draft, sent):
    answer = alice.client.post(f"/lab/{draft.code}/trial/", {"initial_prompt": ""})
    assert answer.status_code == 422
    assert 'id="initial_prompt_error"' in answer.content.decode()
    assert sent == []
    assert not Version.objects.exists()


def test_a_trial_is_in_no_list_and_in_no_sidebar(alice, trial):
    session = ChatSession.objects.get()
    for address in ("/", "/lounge/", "/chats/", "/lab/"):
        assert str(session.pk) not in alice.client.get(address).content.decode()


def test_a_refused_message_comes_back_beside_the_prompt(alice, trial):
    session = ChatSession.objects.get()
    answer = alice.client.post(f"/chats/{session.pk}/say/", {"text": " ", "client_id": "x"})
    assert answer.status_code == 422
    assert "Test drive of Moo" in answer.content.decode()


def test_throwing_the_draft_away_takes_trial_and_prompt_along(alice, draft, trial):
    assert "go for good" in alice.client.get(f"/lab/{draft.code}/discard/").content.decode()
    assert alice.client.post(f"/lab/{draft.code}/discard/")["Location"] == "/lab/"
    for rows in (Assistant.objects.filter(pk=draft.pk), Draft.objects, Version.objects, ChatSession.objects):
        assert not rows.exists()


def test_nobody_else_sees_a_trial(alice, bob, draft, trial):
    session = ChatSession.objects.get()
    for address in (trial, f"/chats/{session.pk}/", f"/lab/{draft.code}/discard/", f"/chats/{session.pk}/transcript.json"):
        assert alice.client.get(address).status_code == 200
        for client, status in ((bob.client, 404), (Client(), 302)):
            answer = client.get(address)
            assert answer.status_code == status
            assert not re.search(f"{MARKER}|Moo", answer.content.decode())
