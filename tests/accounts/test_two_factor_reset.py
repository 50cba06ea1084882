from io import StringIO

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts import two_factor
from accounts.models import AuditEntry, User

from .staff import PASSWORD, code_of, sign_in

pytestmark = pytest.mark.django_db


def test_who_has_lost_it_is_helped_by_command(mo, clock, set_up):
    out = StringIO()
    call_command("reset_two_factor", "mo", dry_run=True, stdout=out)
    assert two_factor.of(mo) is not None
    call_command("reset_two_factor", "mo", stdout=out)
    call_command("reset_two_factor", "mo", stdout=out)
    assert "taken away" in out.getvalue()
    assert "mo has none." in out.getvalue()
    assert AuditEntry.objects.filter(action="two-factor reset", actor="command line").count() == 1
    assert sign_in(Client()).status_code == 302


def page_of(user, name="reset_two_factor"):
    return reverse(f"admin:accounts_user_{name}", args=[user.pk])


@pytest.fixture
def ann(quick_passwords):
    return User.objects.create_superuser("ann", PASSWORD)


@pytest.fixture
def by_ann(ann):
    client = Client()
    sign_in(client, name="ann")
    return client


def test_another_superuser_takes_it_away_and_it_is_noted(mo, set_up, by_ann):
    assert page_of(mo) in by_ann.get(page_of(mo, "change")).content.decode()
    assert by_ann.get(page_of(mo)).status_code == 200
    assert two_factor.of(mo) is not None
    by_ann.post(page_of(mo))
    by_ann.post(page_of(mo))
    assert two_factor.of(mo) is None
    assert AuditEntry.objects.filter(action="two-factor reset", actor="ann", subject="mo").count() == 1
    assert page_of(mo) not in by_ann.get(page_of(mo, "change")).content.decode()


def test_nobody_gets_around_their_own(mo, clock, set_up):
    client = Client()
    sign_in(client, code_of(mo, clock))
    assert page_of(mo) not in client.get(page_of(mo, "change")).content.decode()
    assert client.post(page_of(mo)).status_code == 403
    assert two_factor.of(mo) is not None


def test_who_may_change_users_but_not_everything_cannot(mo, set_up, ann, by_ann):
    ann.is_superuser = False
    ann.save()
    ann.user_permissions.set(Permission.objects.filter(codename__in=["view_user", "change_user"]))
    shown = by_ann.get(page_of(mo, "change"))
    assert shown.status_code == 200
    assert page_of(mo) not in shown.content.decode()
    assert by_ann.post(page_of(mo)).status_code == 403
    assert two_factor.of(mo) is not None


def test_who_has_not_shown_a_code_cannot(mo, clock, set_up, ann):
    client = Client()
    sign_in(client)
    assert client.post(page_of(ann)).status_code == 302
    assert client.post(page_of(mo)).status_code == 302
    assert two_factor.of(mo) is not None
