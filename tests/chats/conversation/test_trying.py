"""Trials of drafts: real chats, one at a time, which are in nobody's lists and numbers."""

import pytest
from django.utils import timezone

from accounts import relay
from assistants import lab
from assistants.models import AssistantDay, Version
from chats import conversation, finding
from chats.errors import CannotChat, NothingToFork
from chats.models import ChatSession, Reply
from chats.replying import claiming, storing
from chats.replying.running import Running
from gptlab.errors import Unavailable
from tests.chats.conftest import NOW, visit_of
from tests.chats.talking import say

pytestmark = pytest.mark.django_db
TOLD = {"initial_prompt": "Say moo.", "model": "gpt-4.1-mini", "max_tokens": 300, "personality": "witty"}


@pytest.fixture
def draft(alice):
    return lab.begin(user=alice, now=NOW, values={"name": "Moo", "session_type": "coaching"})


def try_out(alice, visit, draft, **told):
    return conversation.try_out(user=alice, visit=visit, assistant=draft, told=TOLD | told, now=timezone.now())


def test_a_trial_is_a_chat_with_what_the_draft_says(alice, visit, draft):
    reply = try_out(alice, visit, draft)
    version = reply.session.version
    assert (version.number, version.initial_prompt, version.max_tokens) == (None, "Say moo.", 300)
    assert (reply.session.is_trial, reply.state, reply.turn.sealed_text) == (True, "pending", None)
    job = claiming.claim(reply.pk)
    assert job.request.messages[0].text.startswith("Say moo.")
    Reply.objects.update(state="done")
    assert say(alice, visit, reply.session).is_new


def test_the_next_trial_takes_the_place_of_the_one_before(alice, visit, draft):
    first = try_out(alice, visit, draft)
    second = try_out(alice, visit, draft, initial_prompt="Say baa.")
    assert list(ChatSession.objects.all()) == [second.session]
    assert [version.initial_prompt for version in Version.objects.all()] == ["Say baa."]
    assert not Reply.objects.filter(pk=first.pk).exists()
    assert conversation.trial_of(user=alice, assistant=draft) == second.session


def test_the_one_before_stays_where_the_next_can_not_begin(alice, visit, draft, monkeypatch):
    first = try_out(alice, visit, draft)

    def away(**_told):
        raise Unavailable

    monkeypatch.setattr(relay, "put", away)
    with pytest.raises(Unavailable):
        try_out(alice, visit, draft, initial_prompt="Say baa.")
    assert conversation.trial_of(user=alice, assistant=draft) == first.session
    assert Reply.objects.filter(pk=first.pk).exists()


def test_a_trial_leaves_chats_and_versions_alone(alice, visit, sam):
    sam.creator = alice
    sam.save()
    chat = conversation.start(user=alice, visit=visit, code=sam.code, model="", now=NOW).session
    try_out(alice, visit, sam)
    conversation.forget_trials(user=alice, assistant=sam, now=NOW)
    assert list(ChatSession.objects.all()) == [chat]
    assert list(Version.objects.all()) == [sam.active_version]


def test_a_trial_is_listed_nowhere(alice, visit, draft):
    session = try_out(alice, visit, draft).session
    assert not finding.owned_sessions(alice).exists()
    assert finding.assistants_of(alice) == []
    assert not ChatSession.objects.listed().exists()
    assert conversation.owned_session(user=alice, session_id=session.pk) == session


def test_a_trial_is_counted_nowhere_and_gets_no_title(alice, visit, draft):
    reply = try_out(alice, visit, draft)
    Reply.objects.update(state="done")
    said = say(alice, visit, reply.session)
    job = claiming.claim(said.reply.pk)
    assert not job.wants_title
    assert storing._finish(Running(job=job, outlet=None, pieces=["Moo."]), state="done", error_code="")
    assert storing._flag(job, ["violence"])
    assert not AssistantDay.objects.exists()


def test_another_chat_is_counted(alice, visit, sam):
    reply = conversation.start(user=alice, visit=visit, code=sam.code, model="", now=NOW)
    assert storing._finish(Running(job=claiming.claim(reply.pk), outlet=None), state="done", error_code="")
    assert (AssistantDay.objects.get(day=NOW.date()).sessions, AssistantDay.objects.filter(replies=1).count()) == (1, 1)


def test_a_trial_has_no_forks(alice, visit, draft):
    session = try_out(alice, visit, draft).session
    with pytest.raises(NothingToFork):
        conversation.fork(user=alice, visit=visit, session_id=session.pk, turn=0, with_reply=True, client_id="", now=NOW)


def test_who_can_not_chat_can_not_try(alice, draft):
    with pytest.raises(CannotChat):
        try_out(alice, visit_of(alice, can_chat=False), draft)
    assert not Version.objects.exists()
