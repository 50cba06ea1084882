import re
import time
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import TOTP

from accounts import authenticator, two_factor
from accounts.models import AuditEntry, Authenticator, User
from gptlab import rate_limits

pytestmark = pytest.mark.django_db
PASSWORD = "a password that is long"
PAGE = "/admin/two-factor/"


@pytest.fixture(autouse=True)
def unlimited(monkeypatch):
    monkeypatch.setattr(rate_limits, "hit", lambda *args, **kwargs: None)


@pytest.fixture
def mo():
    return User.objects.create_superuser("mo", PASSWORD)


@pytest.fixture
def clock(monkeypatch):
    """Codes change when the test says so."""

    class Clock:
        now = time.time()

        def later(self, seconds=30):
            self.now += seconds

    made = Clock()
    monkeypatch.setattr(authenticator, "time", lambda: made.now)
    return made


def code_of(user, clock):
    totp = TOTP(bytes.fromhex(Authenticator.objects.get(user=user).key))
    totp.time = clock.now
    return f"{totp.token():06}"


def sign_in(client, code="", password=PASSWORD):
    return client.post("/admin/login/", {"username": "mo", "password": password, "code": code, "next": "/admin/"})


def is_in(client):
    return client.get("/admin/").status_code == 200


@pytest.fixture
def set_up(mo, clock):
    """The recovery codes."""
    two_factor.begin(mo)
    _device, codes = two_factor.confirm(mo, code_of(mo, clock), now=timezone.now())
    clock.later()
    return codes


def test_it_is_set_up_with_a_first_code_and_gives_recovery_codes_once(mo, clock):
    client = Client()
    sign_in(client)
    page = client.get(PAGE).content.decode()
    assert "<svg" in page
    assert "style=" not in re.search(r"<svg.*?</svg>", page, re.DOTALL)[0]
    assert two_factor.of(mo) is None
    wrong = client.post(PAGE, {"code": "000000"})
    assert wrong.status_code == 422
    clock.later(5)
    Authenticator.objects.update(throttling_failure_timestamp=None)
    done = client.post(PAGE, {"code": code_of(mo, clock)}).content.decode()
    codes = re.findall(r"<code>([0-9a-z]{5}-[0-9a-z]{5})</code>", done)
    assert len(codes) == len(set(codes)) == 10
    assert is_in(client)
    assert not any(code in client.get(PAGE).content.decode() for code in codes)
    assert "two-factor set up" in AuditEntry.objects.values_list("action", flat=True)


def test_who_has_it_needs_a_code(mo, clock, set_up):
    client = Client()
    assert "This code is wrong" in sign_in(client).content.decode()
    assert not is_in(client)
    Authenticator.objects.update(throttling_failure_timestamp=None)
    assert sign_in(client, code_of(mo, clock)).status_code == 302
    assert is_in(client)
    assert "signed in" in AuditEntry.objects.values_list("action", flat=True)


def test_a_code_counts_once(mo, clock, set_up):
    code = code_of(mo, clock)
    assert sign_in(Client(), code).status_code == 302
    assert sign_in(Client(), code).status_code == 200


def test_a_recovery_code_counts_once_and_others_stay(mo, clock, set_up):
    assert sign_in(Client(), set_up[0].upper()).status_code == 302
    assert sign_in(Client(), set_up[0]).status_code == 200
    Authenticator.objects.update(throttling_failure_timestamp=None)
    assert sign_in(Client(), set_up[1]).status_code == 302


def test_without_the_password_a_code_is_not_even_looked_at(mo, clock, set_up):
    answer = sign_in(Client(), code_of(mo, clock), password="guess").content.decode()
    assert "This code is wrong" not in answer
    assert Authenticator.objects.get().throttling_failure_count == 0


def test_wrong_codes_make_the_right_one_wait(mo, clock, set_up):
    for _n in range(5):
        Authenticator.objects.update(throttling_failure_timestamp=None)
        sign_in(Client(), "000000")
    assert Authenticator.objects.get().throttling_failure_count == 5
    assert sign_in(Client(), code_of(mo, clock)).status_code == 200


def test_a_session_from_before_it_was_set_up_has_to_sign_in_again(mo, clock):
    client = Client()
    sign_in(client)
    assert is_in(client)
    two_factor.begin(mo)
    two_factor.confirm(mo, code_of(mo, clock), now=timezone.now())
    assert not is_in(client)
    assert client.get(PAGE)["Location"].endswith("/login/")
    assert client.post(PAGE, {"wish": "off", "code": code_of(mo, clock)}).status_code == 302
    assert two_factor.of(mo) is not None


def test_where_it_is_required_nobody_gets_in_without(mo, clock, settings):
    settings.STAFF_TWO_FACTOR = True
    client = Client()
    assert sign_in(client)["Location"] == PAGE
    assert not is_in(client)
    assert client.get("/admin/login/")["Location"] == PAGE
    client.get(PAGE)
    client.post(PAGE, {"code": code_of(mo, clock)})
    assert is_in(client)


def test_it_is_turned_off_and_codes_are_made_anew_with_a_code_only(mo, clock, set_up):
    client = Client()
    sign_in(client, code_of(mo, clock))
    clock.later()
    assert client.post(PAGE, {"wish": "off", "code": "000000"}).status_code == 422
    Authenticator.objects.update(throttling_failure_timestamp=None)
    renewed = client.post(PAGE, {"wish": "codes", "code": code_of(mo, clock)}).content.decode()
    assert set_up[5] not in renewed
    clock.later()
    client.post(PAGE, {"wish": "off", "code": code_of(mo, clock)})
    assert two_factor.of(mo) is None
    assert is_in(client)


def test_visitors_and_strangers_find_nothing_there(client):
    assert client.get(PAGE).status_code == 302


def test_neither_key_nor_code_lies_in_the_database_in_the_clear(mo, clock, set_up):
    device = Authenticator.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_authenticator")
        row = str(cursor.fetchall())
    for secret in (device.key, device.key_text, set_up[0], set_up[0].replace("-", "")):
        assert secret not in row


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


def test_the_admin_lies_where_the_setting_says():
    assert reverse("admin:index") == "/admin/"
