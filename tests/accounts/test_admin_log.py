"""Whatever is changed in the admin stands in the audit log, too."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from accounts import moderators
from accounts.models import Announcement, AuditEntry, User

pytestmark = pytest.mark.django_db
PASSWORD = "a password that is long"


@pytest.fixture
def root(client):
    user = User.objects.create_superuser("root", PASSWORD)
    client.force_login(user)
    return user


def actions():
    return list(AuditEntry.objects.order_by("number").values_list("actor", "action", "subject"))


def test_rights_that_are_given_stand_in_it(client, root):
    mia = User.objects.create_superuser("mia", PASSWORD)
    permission = Permission.objects.get(codename="read_prompt")
    told = {"username": "mia", "is_active": "on", "is_staff": "on", "user_permissions": [permission.pk]}
    client.post(reverse("admin:accounts_user_change", args=[mia.pk]), told)
    assert actions() == [("root", "admin: changed", "user mia")]
    assert "permissions" in AuditEntry.objects.get().detail.lower()


def test_passwords_deletions_and_announcements_stand_in_it(client, root):
    mia = User.objects.create_superuser("mia", PASSWORD)
    address = reverse("admin:auth_user_password_change", args=[mia.pk])
    client.post(address, {"password1": PASSWORD + "!", "password2": PASSWORD + "!", "usable_password": "true"})
    client.post(reverse("admin:accounts_user_delete", args=[mia.pk]), {"post": "yes"})
    told = {"words": "We move.", "tone": "info", "starts_at_0": "2026-11-27", "starts_at_1": "10:00", "is_read_only": "on"}
    client.post(reverse("admin:accounts_announcement_add"), told)
    assert Announcement.objects.get().is_read_only
    assert [(action, subject) for _who, action, subject in actions()] == [
        ("admin: changed", "user mia"),
        ("admin: deleted", "user mia"),
        ("admin: added", "announcement We move."),
    ]


def test_many_are_not_deleted_at_once(client, root):
    assert "delete_selected" not in client.get(reverse("admin:accounts_user_changelist")).content.decode()


def test_a_moderator_made_by_command_stands_in_it():
    moderators.make(name="mia", password=PASSWORD, may_read_prompts=True, now=timezone.now())
    moderators.make(name="mia", password=None, may_read_prompts=True, now=timezone.now())
    assert actions() == [("command line", "moderator: made, password, rights", "mia")]
