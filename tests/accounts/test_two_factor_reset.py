from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from accounts import two_factor
from accounts.models import AuditEntry

from .staff import sign_in

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
