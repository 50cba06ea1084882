from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from chats import conversation
from chats.abandoning import abandon
from chats.models import ChatSession, Reply
from tests.chats.conftest import NOW
from tests.chats.talking import answer, say, start

pytestmark = pytest.mark.django_db

WEEK = timedelta(days=7)


@pytest.fixture
def session(alice, visit, sam):
    return answer(visit, start(alice, visit, sam), "Welcome").session


def run(*, days=8, dry_run=False):
    return abandon(older_than=WEEK, now=NOW + timedelta(days=days), dry_run=dry_run)


def status():
    return ChatSession.objects.get().status


@pytest.mark.parametrize(
    ("state", "error_code", "becomes"),
    [
        ("done", "", "user_abandoned"),
        ("stopped", "", "user_abandoned"),
        ("failed", "quota", "upstream_failed"),
        ("interrupted", "timeout", "upstream_failed"),
        ("failed", "lost", "system_abandoned"),
        ("interrupted", "broken_off", "system_abandoned"),
        ("interrupted", "interrupted", "upstream_failed"),
    ],
)
def test_a_session_left_alone_gets_the_status_of_how_it_was_left(session, state, error_code, becomes):
    Reply.objects.update(state=state, error_code=error_code)
    assert run()[becomes] == 1
    assert status() == becomes


def test_running_it_again_finds_nothing(session):
    assert sum(run().values()) == 1
    assert sum(run().values()) == 0


def test_a_dry_run_counts_and_changes_nothing(session):
    assert run(dry_run=True)["user_abandoned"] == 1
    assert status() == "started"


def test_a_session_in_use_is_let_be(session):
    assert sum(run(days=6).values()) == 0


@pytest.mark.parametrize("state", ["pending", "running"])
def test_a_session_that_is_being_answered_is_let_be(session, state):
    Reply.objects.update(state=state)
    assert sum(run().values()) == 0


def test_a_concluded_session_stays_concluded(session):
    ChatSession.objects.update(status="completed")
    assert sum(run().values()) == 0


def test_the_last_reply_that_counts_decides(alice, visit, session):
    failed = say(alice, visit, session).reply
    Reply.objects.filter(pk=failed.pk).update(state="failed", error_code="quota")
    failed.turn.superseded = True
    failed.turn.save()
    assert run()["user_abandoned"] == 1


def test_a_fork_without_any_reply_is_left_like_any_other(alice, visit, session):
    say(alice, visit, session)
    fork = conversation.fork(user=alice, visit=visit, session_id=session.pk, turn=0, with_reply=False, client_id="", now=NOW)
    assert run()["user_abandoned"] == 1
    fork.refresh_from_db()
    assert fork.status == "user_abandoned"


def said_by(*arguments):
    out = StringIO()
    call_command("abandon_sessions", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_says_what_it_did(session):
    ChatSession.objects.update(last_turn_at=NOW - timedelta(days=10_000))
    assert "1 sessions left alone: 0 system_abandoned, 0 upstream_failed, 1 user_abandoned." in said_by("--dry-run")
    assert status() == "started"
    assert "1 user_abandoned" in said_by("--older-than", "12h")
    assert "0 sessions" in said_by()


@pytest.mark.parametrize("odd", ["", "-1", "soon", "1y", "1 d", "9" * 30])
def test_an_odd_duration_is_refused_with_an_example(odd):
    with pytest.raises(CommandError, match="12h"):
        said_by("--older-than", odd)
