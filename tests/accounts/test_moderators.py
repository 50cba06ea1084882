import io
import os

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command

from accounts.models import User
from assistants.models import Version

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def password(monkeypatch):
    monkeypatch.setenv("GPTLAB_MODERATOR_PASSWORD", PASSWORD)


@pytest.fixture
def readable():
    """The right to read prompts, where a GPT Lab has it."""
    kind = ContentType.objects.get_for_model(Version)
    return Permission.objects.get_or_create(codename="read_prompt", content_type=kind, defaults={"name": "May read prompts"})[0]


def run(*arguments):
    call_command("create_moderator", *arguments, stdout=(out := io.StringIO()))
    return out.getvalue()


def mia():
    return User.objects.get(username="mia")


def test_a_moderator_is_staff_with_the_groups_rights_and_no_superuser():
    assert run("mia") == "mia is a moderator now.\n"
    assert (mia().is_staff, mia().is_superuser, mia().check_password(PASSWORD)) == (True, False, True)
    for right in ("view_assistant", "change_assistant", "view_version", "view_report", "change_report"):
        assert mia().has_perm(f"assistants.{right}"), right
    rights = mia().get_all_permissions()
    assert {each for each in rights if not each.startswith("assistants.")} == {"chats.view_statistics"}
    assert {"assistants.delete_assistant", "assistants.change_version", "assistants.read_prompt"} & rights == set()


def test_a_moderator_can_open_the_admins_pages_of_assistants_and_reports_and_no_others(client):
    run("mia")
    client.force_login(mia())
    pages = {
        path: client.get(f"/admin/{path}/").status_code for path in ("assistants/assistant", "assistants/report", "accounts/user")
    }
    assert pages == {"assistants/assistant": 200, "assistants/report": 200, "accounts/user": 403}


def test_running_it_again_says_so_and_keeps_the_password(monkeypatch):
    run("mia")
    before = mia().password
    monkeypatch.delenv("GPTLAB_MODERATOR_PASSWORD")
    assert run("mia") == "mia is a moderator already. Nothing was changed.\n"
    assert mia().password == before
    assert Group.objects.get(name="Moderators").user_set.count() == 1


def test_a_password_is_reset_when_it_is_asked_for(monkeypatch):
    run("mia")
    monkeypatch.setenv("GPTLAB_MODERATOR_PASSWORD", "another horse battery")
    assert run("mia", "--reset-password") == "mia has a new password.\n"
    assert mia().check_password("another horse battery")


def test_rights_that_were_lost_come_back():
    run("mia")
    mia().groups.clear()
    assert run("mia") == "mia has more rights now.\n"


def test_prompts_are_read_by_those_only_who_may(readable):
    run("mia")
    assert not mia().has_perm("assistants.read_prompt")
    assert run("mia", "--may-read-prompts") == "mia has more rights now.\n"
    assert mia().has_perm("assistants.read_prompt")
    assert "Nothing was changed" in run("mia", "--may-read-prompts")


def test_where_there_is_no_such_right_it_is_said_and_all_else_is_done():
    Permission.objects.filter(codename="read_prompt").delete()
    with pytest.raises(CommandError, match="no right to read prompts") as refusal:
        run("mia", "--may-read-prompts")
    assert refusal.value.returncode == 1
    assert mia().is_staff


@pytest.mark.parametrize(("password", "reason"), [("short", "12 characters"), ("password1234", "too common")])
def test_a_weak_password_is_refused(monkeypatch, password, reason):
    monkeypatch.setenv("GPTLAB_MODERATOR_PASSWORD", password)
    with pytest.raises(CommandError, match=reason) as refusal:
        run("mia")
    assert refusal.value.returncode == 2
    assert not User.objects.exists()


@pytest.mark.parametrize("name", ["", " ", "m" * 65])
def test_a_name_that_does_not_fit_is_refused(name):
    with pytest.raises(CommandError, match="Nothing was done"):
        run(name)
    assert not User.objects.exists()


def test_somebody_who_was_shut_out_does_not_come_back_by_this():
    run("mia")
    User.objects.update(is_active=False)
    with pytest.raises(CommandError, match="no active member") as refusal:
        run("mia", "--reset-password")
    assert refusal.value.returncode == 1


def test_a_superuser_stays_one_and_needs_nothing():
    User.objects.create_superuser("mia", PASSWORD)
    assert "Nothing was changed" in run("mia", "--may-read-prompts")
    assert mia().groups.count() == 0


def test_a_dry_run_writes_nothing_and_asks_for_nothing(monkeypatch):
    monkeypatch.delenv("GPTLAB_MODERATOR_PASSWORD")
    assert "nothing of this was written" in run("mia", "--dry-run")
    assert not User.objects.exists()
    assert not Group.objects.exists()
    assert "GPTLAB_MODERATOR_PASSWORD" not in os.environ
