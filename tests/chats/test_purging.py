import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Credential, User
from assistants import lab
from assistants.models import Assistant, Draft, Report, Version
from chats import purging
from chats.models import ChatSession, Reply, Turn
from chats.purging import purge
from tests.chats.conftest import NOW, make_assistant
from tests.chats.talking import answer, say, start

pytestmark = pytest.mark.django_db

LONG_AGO, LATELY = NOW - timedelta(days=400), NOW - timedelta(days=300)
YEAR = timedelta(days=365)


def run(kind, **more):
    return purge(kind, older_than=YEAR, now=NOW, **more)


@pytest.fixture
def chat(alice, visit, sam):
    session = answer(visit, start(alice, visit, sam), "Welcome").session
    answer(visit, say(alice, visit, session).reply, "Well")
    ChatSession.objects.update(last_turn_at=LONG_AGO)
    return session


@pytest.fixture
def draft(alice):
    return lab.begin(user=alice, now=LONG_AGO)


def visitor(*, seen=LONG_AGO, **fields):
    user = User.objects.create_visitor(terms_version="t", now=LONG_AGO)
    User.objects.filter(pk=user.pk).update(**fields)
    made = {
        "kind": "api_key",
        "provider": "openai",
        "lookup_hash": user.pk.hex,
        "iterations": 1,
        "salt": b"",
        "created_at": LONG_AGO,
    }
    Credential.objects.create(user=user, wrapped_data_key=b"", last_used_at=seen, **made)
    return user


def test_a_chat_that_was_left_goes_with_all_that_is_in_it(chat):
    assert run("sessions") == 1
    assert not ChatSession.objects.exists()
    assert not Turn.objects.exists()
    assert not Reply.objects.exists()
    assert run("sessions") == 0


def test_a_chat_of_late_stays(chat):
    ChatSession.objects.update(last_turn_at=LATELY)
    assert run("sessions") == 0


def test_a_chat_that_is_being_answered_stays(chat):
    Reply.objects.filter(turn__number=1).update(state="running")
    assert run("sessions") == 0


def test_a_chat_that_goes_on_while_it_is_about_to_be_deleted_stays(chat, monkeypatch):
    rows = purging._sessions(NOW - YEAR)
    monkeypatch.setattr(rows.__class__, "select_for_update", lambda self, **_: _gone_on(self))

    def _gone_on(found):
        ids = found.model.objects.filter(pk__in=list(found.values_list("pk", flat=True)))
        ids.update(last_turn_at=NOW)
        return ids

    assert purging._delete_some(rows) == 0
    assert ChatSession.objects.exists()


def test_batches_go_on_until_all_are_gone(chat, alice, sam, monkeypatch):
    monkeypatch.setattr(purging, "BATCH", 2)
    more = {"user": alice, "assistant": sam, "version": sam.active_version, "started_at": LONG_AGO, "last_turn_at": LONG_AGO}
    ChatSession.objects.bulk_create(ChatSession(**more) for _ in range(4))
    told = []
    assert run("sessions", tell=told.append) == 5
    assert told == [2, 4, 5]


def test_a_trial_goes_with_the_prompt_that_was_tried_and_a_chat_does_not(chat, sam):
    told = {"initial_prompt": "Tried", "model": "m"}
    version = Version.objects.create(assistant=sam, created_at=LONG_AGO, **told)
    trial = {"user": chat.user, "assistant": sam, "version": version, "is_trial": True}
    ChatSession.objects.create(started_at=LONG_AGO, last_turn_at=LONG_AGO, **trial)
    fresh = Version.objects.create(assistant=sam, created_at=NOW, **told)
    assert run("trials") == 1
    assert ChatSession.objects.get() == chat
    assert set(sam.versions.all()) == {sam.active_version, fresh}


def test_what_a_killed_purge_left_of_a_trial_goes_with_the_next_one(sam):
    Version.objects.create(assistant=sam, created_at=LONG_AGO, initial_prompt="Tried", model="m")
    assert run("trials") == 0
    assert sam.versions.count() == 1


def test_an_empty_draft_goes(draft):
    assert run("drafts") == 1
    assert not Assistant.objects.exists()


@pytest.mark.parametrize("kept", ["typed", "lately", "published", "tried"])
def test_another_draft_stays(draft, alice, kept):
    if kept == "typed":
        lab.keep(draft, {"name": "Mine"}, now=LONG_AGO)
    elif kept == "lately":
        Draft.objects.update(changed_at=LATELY)
    else:
        version = Version.objects.create(assistant=draft, created_at=LONG_AGO, initial_prompt="p", model="m")
        if kept == "published":
            draft.number(version, now=LONG_AGO)
    assert run("drafts") == 0
    assert Assistant.objects.exists()


def test_an_assistant_of_the_house_is_no_draft(sam):
    Assistant.objects.update(created_at=LONG_AGO)
    assert run("drafts") == 0


def test_a_report_that_was_closed_goes_and_an_open_one_stays(sam):
    told = {"assistant": sam, "reason": "spam", "words": "", "created_at": LONG_AGO}
    Report.objects.create(closed_at=LONG_AGO, **told)
    Report.objects.create(closed_at=LATELY, **told)
    open_one = Report.objects.create(**told)
    assert run("reports") == 1
    assert Report.objects.filter(pk=open_one.pk).exists()
    assert Report.objects.count() == 2


def test_an_account_with_nothing_left_goes():
    visitor()
    assert run("visitors") == 1
    assert not User.objects.exists()
    assert not Credential.objects.exists()


def test_an_account_with_a_chat_an_assistant_or_a_visit_stays(chat):
    maker = visitor()
    make_assistant(name="Mine", creator=maker)
    visitor(seen=LATELY)
    User.objects.update(created_at=LONG_AGO)
    assert run("visitors") == 0


def test_an_account_that_was_shut_out_stays_shut_out():
    visitor(is_active=False)
    assert run("visitors") == 0


def test_staff_stay():
    User.objects.create_superuser("root", "x", created_at=LONG_AGO)
    assert run("visitors") == 0


def said_by(*arguments):
    call_command("purge", *arguments, stdout=(out := io.StringIO()))
    return out.getvalue()


def test_by_default_nothing_is_deleted(chat):
    assert "Nothing is to be deleted" in said_by()
    assert ChatSession.objects.exists()


def test_the_command_deletes_what_it_is_told_and_says_how_many(chat):
    ChatSession.objects.update(last_turn_at=timezone.now() - timedelta(days=40))
    assert said_by("--sessions", "30d", "--dry-run").startswith("sessions: 1\nDry run")
    assert ChatSession.objects.exists()
    assert said_by("--sessions", "30d") == "sessions: 1\n"
    assert said_by("--sessions", "30d") == "sessions: 0\n"


def test_the_setting_says_it_for_every_day(chat, settings):
    settings.RETENTION = "visitors=1000d, sessions=30d"
    ChatSession.objects.update(last_turn_at=timezone.now() - timedelta(days=40))
    assert said_by() == "sessions: 1\nvisitors: 0\n"


@pytest.mark.parametrize("retention", ["sesions=30d", "sessions=1y", "sessions=1h", "sessions"])
def test_a_setting_that_makes_no_sense_deletes_nothing(chat, settings, retention):
    settings.RETENTION = retention
    with pytest.raises(CommandError, match="RETENTION") as refusal:
        said_by()
    assert refusal.value.returncode == 2
    assert ChatSession.objects.exists()


def test_less_than_a_day_is_a_slip(chat):
    with pytest.raises(CommandError, match="less than a day"):
        said_by("--sessions", "0d")
