import io
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from assistants.models import Report
from chats.models import ChatSession, Reply, Turn
from chats.statistics import by_day, platform
from tests.chats.conftest import NOW, make_assistant, visit_of
from tests.chats.talking import answer, say, start

pytestmark = pytest.mark.django_db

SECRET = "Ask until they find it."


def change(reply, **values):
    Reply.objects.filter(pk=reply.pk).update(**values)


@pytest.fixture
def filled(alice, bob, visit, sam):
    """Alice said one thing today, which failed; Bob came yesterday, and was stopped by the guard; Alice tried one in the Lab."""
    told = {"tokens_in": 10, "tokens_out": 5, "endpoint": "chat", "model": "gpt-4.1-mini"}
    opening = answer(visit, start(alice, visit, sam), "Welcome")
    change(opening, first_byte_at=NOW + timedelta(seconds=2), liked=True, **told)
    failed = say(alice, visit, opening.session).reply
    change(failed, state="failed", error_code="quota", model="gpt-4.1-mini", endpoint="chat")
    bobs = answer(visit_of(bob), start(bob, visit_of(bob), sam), "No")
    yesterday = NOW - timedelta(days=1)
    times = {"created_at": yesterday, "first_byte_at": yesterday + timedelta(seconds=4)}
    change(bobs, guard="literal", tokens_estimated=True, **times, **told)
    ChatSession.objects.filter(pk=bobs.session_id).update(status="completed", liked=False, started_at=yesterday)
    trial = answer(visit, start(alice, visit, sam), "Tried")
    ChatSession.objects.filter(pk=trial.session_id).update(is_trial=True)
    Report.objects.create(assistant=sam, reason="spam", words="", created_at=NOW)
    make_assistant(name="Hidden", visibility="private", showcased=False, is_active=False)
    return opening


def test_each_day_has_its_row_today_the_last(filled):
    rows = by_day(days=3, now=NOW)
    assert [(NOW.date() - row.date).days for row in rows] == [2, 1, 0]
    empty, yesterday, today = rows
    assert (empty.visitors, empty.replies, empty.first_token_seconds) == (0, 0, None)
    assert (yesterday.visitors, yesterday.sessions, yesterday.replies, yesterday.guard_blocks) == (1, 1, 1, 1)
    assert yesterday.first_token_seconds == 4
    assert (today.visitors, today.sessions, today.replies, today.errors, today.guard_blocks) == (1, 1, 3, 1, 0)
    assert today.first_token_seconds == 2


def test_a_day_ends_at_midnight_of_utc(filled):
    Reply.objects.update(created_at=NOW.replace(hour=0))
    assert [row.replies for row in by_day(days=2, now=NOW)] == [0, 4]
    Reply.objects.update(created_at=NOW.replace(hour=0) - timedelta(microseconds=1))
    assert [row.replies for row in by_day(days=2, now=NOW)] == [4, 0]


def test_what_is_older_is_not_counted(filled):
    assert [row.replies for row in by_day(days=1, now=NOW)] == [3]
    assert platform(days=1, now=NOW).replies == 3


def test_the_first_token_is_the_middle_one_and_not_the_mean(filled):
    for seconds, reply in zip((1, 2, 90), Reply.objects.filter(created_at=NOW), strict=True):
        change(reply, first_byte_at=NOW + timedelta(seconds=seconds))
    assert by_day(days=1, now=NOW)[0].first_token_seconds == 2


def test_the_platform_in_numbers(filled):
    numbers = platform(days=30, now=NOW)
    assert (numbers.visitors, numbers.new_accounts, numbers.sessions, numbers.trials) == (2, 2, 2, 1)
    assert numbers.sessions_by_status == {"completed": 1, "started": 1}
    assert numbers.sessions_by_type == {"brainstorming": 2}
    assert (numbers.sessions_liked, numbers.sessions_disliked, numbers.turns) == (
        0,
        1,
        Turn.objects.exclude(sealed_text=None).count(),
    )
    assert (numbers.replies, numbers.replies_by_state) == (4, {"done": 3, "failed": 1})
    assert numbers.replies_by_model == {"gpt-4.1-mini": 4}
    assert numbers.replies_by_endpoint == {"chat": 3, "": 1}
    assert (numbers.replies_liked, numbers.replies_disliked) == (1, 0)
    assert (numbers.tokens_in, numbers.tokens_out, numbers.tokens_estimated) == (20, 10, 1)
    assert (numbers.guard_blocks, numbers.errors, numbers.errors_by_code) == (1, 1, {"quota": 1})
    assert numbers.first_token_seconds == 3
    assert numbers.assistants_by_visibility == {"listed": 1, "private": 1}
    assert (numbers.assistants, numbers.assistants_showcased, numbers.assistants_retired) == (2, 1, 1)
    assert numbers.reports_open == 1


def test_the_number_of_queries_does_not_grow_with_the_days(filled, django_assert_num_queries):
    with django_assert_num_queries(2):
        by_day(days=300, now=NOW)


def said_by(*arguments):
    call_command("statistics", *arguments, stdout=(out := io.StringIO()))
    return out.getvalue()


def test_the_command_writes_a_table(filled):
    Reply.objects.update(created_at=timezone.now())
    said = said_by("--days", "2")
    assert "replies" in said
    assert "state done" in said
    assert len(said.split("\n\n")[1].splitlines()) == 3
    assert SECRET not in said


def test_the_command_writes_json(filled):
    Reply.objects.update(created_at=timezone.now())
    told = json.loads(said_by("--json", "--days", "7"))
    assert told["replies"] == 4
    assert len(told["by_day"]) == 7


def test_an_empty_house_has_numbers_too(db):
    assert json.loads(said_by("--json"))["first_token_seconds"] is None


@pytest.mark.parametrize("days", ["0", "-1", "x", "9999999999"])
def test_an_odd_number_of_days_is_refused(days):
    with pytest.raises(CommandError, match="no number of days"):
        said_by(f"--days={days}")
