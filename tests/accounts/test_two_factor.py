import re

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts import two_factor
from accounts.models import AuditEntry, Authenticator, User
from gptlab.errors import Conflict, Invalid, Limited

from .staff import PAGE, PASSWORD, code_of, code_under, confirm, is_in, key_on, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_passwords")]


def test_it_is_set_up_with_a_first_code_and_gives_recovery_codes_once(mo, clock):
    client = Client()
    sign_in(client)
    page = client.get(PAGE).content.decode()
    assert "<svg" in page
    assert "style=" not in re.search(r"<svg.*?</svg>", page, re.DOTALL)[0]
    assert two_factor.of(mo) is None
    wrong = client.post(PAGE, {"code": "000000"})
    assert wrong.status_code == 422
    assert not Authenticator.objects.exists()
    assert key_on(page) == key_on(wrong.content.decode()) == key_on(client.get(PAGE).content.decode())
    done = client.post(PAGE, {"code": code_under(key_on(page), clock)}).content.decode()
    codes = re.findall(r"<code>([0-9a-z]{5}-[0-9a-z]{5})</code>", done)
    assert len(codes) == len(set(codes)) == 10
    assert is_in(client)
    assert not any(code in client.get(PAGE).content.decode() for code in codes)
    assert "two-factor set up" in AuditEntry.objects.values_list("action", flat=True)


def test_who_has_it_needs_a_code(mo, clock, set_up):
    client = Client()
    assert "This code is wrong" in sign_in(client, "000000").content.decode()
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
    confirm(mo, clock)
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
    client.post(PAGE, {"code": code_under(key_on(client.get(PAGE).content.decode()), clock)})
    assert is_in(client)


def test_who_has_read_a_key_in_another_session_has_nothing(mo, clock):
    thief, owner = Client(), Client()
    sign_in(thief)
    sign_in(owner)
    read = key_on(thief.get(PAGE).content.decode())
    shown = key_on(owner.get(PAGE).content.decode())
    assert read != shown
    owner.post(PAGE, {"code": code_under(shown, clock)})
    assert is_in(owner)
    clock.later()
    assert sign_in(Client(), code_under(read, clock)).status_code == 200


def test_a_second_set_up_that_ends_later_is_refused(mo, clock):
    session = {}
    late = code_under(two_factor.begin(session).key_text, clock)
    confirm(mo, clock)
    with pytest.raises(Conflict):
        two_factor.confirm(mo, late, session=session, now=timezone.now())
    assert AuditEntry.objects.filter(action="two-factor set up").count() == 1


@pytest.fixture
def inside(mo, clock, set_up):
    """Who has signed in with a code; the next code is there."""
    client = Client()
    sign_in(client, code_of(mo, clock))
    clock.later()
    return client


@pytest.mark.parametrize("wish", ["off", "codes"])
@pytest.mark.parametrize("lacks", ["password", "code"])
def test_a_change_needs_password_and_code(mo, clock, inside, wish, lacks):
    before = Authenticator.objects.get().recovery
    given = {"wish": wish, "password": PASSWORD, "code": code_of(mo, clock)}
    answer = inside.post(PAGE, given | {lacks: "000000"})
    assert answer.status_code == 422
    assert f'name="{lacks}"' in answer.content.decode().partition('aria-invalid="true"')[0].rpartition("<input")[2]
    assert Authenticator.objects.get().recovery == before


def test_a_wrong_password_uses_no_code_up(mo, clock, inside):
    given = {"wish": "codes", "code": code_of(mo, clock)}
    assert inside.post(PAGE, given | {"password": "guess"}).status_code == 422
    assert inside.post(PAGE, given | {"password": PASSWORD}).status_code == 200


def test_new_codes_replace_the_old(mo, clock, inside, set_up):
    page = inside.post(PAGE, {"wish": "codes", "password": PASSWORD, "code": code_of(mo, clock)}).content.decode()
    renewed = re.findall(r"<code>([0-9a-z]{5}-[0-9a-z]{5})</code>", page)
    assert len(renewed) == 10
    assert sign_in(Client(), set_up[5]).status_code == 200
    Authenticator.objects.update(throttling_failure_timestamp=None)
    assert sign_in(Client(), renewed[5]).status_code == 302


def test_turned_off_the_password_is_enough_again_and_it_is_noted(mo, clock, inside):
    inside.post(PAGE, {"wish": "off", "password": PASSWORD, "code": code_of(mo, clock)})
    assert two_factor.of(mo) is None
    assert is_in(inside)
    assert sign_in(Client()).status_code == 302
    assert AuditEntry.objects.filter(action="two-factor off", actor="mo").count() == 1


def test_codes_of_one_person_are_limited_from_wherever(mo, clock, set_up):
    for _n in range(9):  # setting it up was one, too
        with pytest.raises(Invalid):
            two_factor.check(mo, "000000")
    with pytest.raises(Limited):
        two_factor.check(mo, code_of(mo, clock))
    other = User.objects.create_superuser("other", PASSWORD)
    with pytest.raises(Invalid):
        two_factor.check(other, "000000")


def test_visitors_and_strangers_find_nothing_there(client):
    assert client.get(PAGE).status_code == 302


def test_neither_key_nor_code_lies_in_the_database_in_the_clear(mo, clock, set_up):
    device = Authenticator.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_authenticator")
        row = str(cursor.fetchall())
    for secret in (device.key, device.key_text, set_up[0], set_up[0].replace("-", "")):
        assert secret not in row


def test_a_code_that_was_forgotten_is_asked_for_and_does_not_count(mo, clock, set_up):
    assert "Give the code of your app" in sign_in(Client()).content.decode()
    assert Authenticator.objects.get().throttling_failure_count == 0


def test_what_was_open_with_one_that_was_reset_is_over(mo, clock, set_up):
    client = Client()
    sign_in(client, code_of(mo, clock))
    assert is_in(client)
    two_factor.reset(mo, by=None, now=timezone.now())
    assert not is_in(client)
    sign_in(client)
    assert is_in(client)
