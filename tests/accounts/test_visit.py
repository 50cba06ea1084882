"""The session store and the visit in it. Over HTTP: test_views."""

import time
from datetime import datetime, timedelta
from typing import Any

import pytest
import redis
from django.contrib import auth
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import UpdateError
from django.test import RequestFactory
from django.utils import timezone

from accounts import visit, visit_entry
from accounts.models import User
from accounts.visit import SessionStore
from gptlab import errors

from .conftest import ALICE_KEY, BOB_KEY, NOW
from .secrecy import forms, traces

DATA_KEY = bytes(range(100, 132))
MODELS = ("gpt-a-marker-of-a-model", "gpt-b")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Django's clock, which stands until a test moves it. Redis has its own."""

    class Clock:
        now = NOW

        def move(self, **by: float) -> None:
            self.now += timedelta(**by)

    stopped = Clock()
    monkeypatch.setattr(timezone, "now", lambda: stopped.now)
    return stopped


@pytest.fixture
def no_redis(settings: Any, tmp_path: Any) -> None:
    settings.REDIS_URL = f"unix://{tmp_path}/none.sock?db=0"


def make_user() -> User:
    return User.objects.create_visitor(terms_version="1", now=NOW)


def a_request(token: str | None = None) -> Any:
    request = RequestFactory().get("/")
    request.session = SessionStore(token)
    request.user = auth.get_user(request)
    return request


def signed_in(user: User | None = None, api_key: str = ALICE_KEY, token: str | None = None) -> Any:
    request = a_request(token)
    visit.begin(request, user or make_user(), provider="openai", api_key=api_key, data_key=DATA_KEY, models=MODELS, can_chat=True)
    request.session.save()  # as the middleware does
    return request


def token_of(request: Any) -> str:
    return str(request.session.session_key)


# The store


def test_a_session_comes_back_by_its_token() -> None:
    store = SessionStore()
    store["colour"] = "petrol"
    store.save()
    assert SessionStore(store.session_key)["colour"] == "petrol"


def test_nobody_gets_an_entry_who_stores_nothing(redis_server: redis.Redis) -> None:
    store = SessionStore()
    assert store.get("colour") is None
    assert store.is_empty()
    assert redis_server.dbsize() == 0


def test_a_token_that_nobody_gave_out_is_never_adopted(redis_server: redis.Redis) -> None:
    planted = visit_entry.new_token()
    store = SessionStore(planted)
    store["colour"] = "petrol"
    store.save()
    assert store.session_key != planted
    assert SessionStore(planted).get("colour") is None
    assert redis_server.exists(visit_entry.name(planted)) == 0


def test_not_even_when_it_was_never_read() -> None:
    planted = visit_entry.new_token()
    store = SessionStore(planted)
    store.clear()
    store["colour"] = "petrol"
    with pytest.raises(UpdateError):
        store.save()


@pytest.mark.parametrize("token", ["", "None", "x" * 43 + "\n", "../" + "x" * 40, "x" * 100_000])
def test_what_has_not_a_tokens_form_is_not_looked_up(no_redis: None, token: str) -> None:
    store = SessionStore(token)
    assert store.session_key is None
    assert store.get("colour") is None
    assert not store.unreachable


def test_a_session_that_was_ended_meanwhile_is_not_brought_back() -> None:
    store = SessionStore()
    store["colour"] = "petrol"
    store.save()
    slow = SessionStore(store.session_key)
    assert slow["colour"] == "petrol"
    store.flush()
    slow["colour"] = "amber"
    with pytest.raises(UpdateError):
        slow.save()
    assert SessionStore(slow.session_key).get("colour") is None


def test_exists_and_delete() -> None:
    store = SessionStore()
    store.create()
    token = str(store.session_key)
    assert store.exists(token)
    store.delete(token)
    assert not store.exists(token)
    store.delete(token)
    SessionStore().delete()
    SessionStore.clear_expired()


async def test_the_store_works_in_async_views() -> None:
    store = SessionStore()
    await store.aset("colour", "petrol")
    await store.asave()
    again = SessionStore(store.session_key)
    assert await again.aget("colour") == "petrol"
    await again.acycle_key()
    assert again.session_key != store.session_key
    assert await SessionStore(again.session_key).aget("colour") == "petrol"
    assert not await again.aexists(str(store.session_key))
    await again.aflush()
    assert await SessionStore(store.session_key).aget("colour") is None


# Begin and end


@pytest.mark.django_db
def test_a_visit_is_what_signing_in_put_there() -> None:
    user = make_user()
    here = visit.current(a_request(token_of(signed_in(user))))
    assert here is not None
    assert (here.user_id, here.provider, here.api_key, here.data_key) == (user.id, "openai", ALICE_KEY, DATA_KEY)
    assert (here.models, here.can_chat) == (MODELS, True)


@pytest.mark.django_db
def test_signing_in_gives_a_new_token_and_ends_what_was_before() -> None:
    before = SessionStore()
    before["colour"] = "petrol"
    before.save()
    planted = str(before.session_key)
    request = signed_in(token=planted)
    assert token_of(request) != planted
    assert SessionStore(planted).get("colour") is None
    assert "colour" not in request.session


@pytest.mark.django_db
@pytest.mark.parametrize("same_user", [True, False])
def test_signing_in_again_ends_the_earlier_visit(same_user: bool) -> None:
    user = make_user()
    first = token_of(signed_in(user))
    second = signed_in(user if same_user else make_user(), api_key=BOB_KEY, token=first)
    assert token_of(second) != first
    assert visit.current(a_request(first)) is None
    here = visit.current(a_request(token_of(second)))
    assert here is not None
    assert here.api_key == BOB_KEY


@pytest.mark.django_db
def test_ending_erases_at_once(redis_server: redis.Redis) -> None:
    request = signed_in()
    token = token_of(request)
    visit.end(request)
    assert redis_server.dbsize() == 0
    assert request.session.is_empty()
    assert visit.current(request) is None
    assert visit.current(a_request(token)) is None


@pytest.mark.django_db
def test_staff_have_no_visit() -> None:
    staff = User.objects.create_superuser("staff", "a long password of mine")
    request = a_request()
    auth.login(request, staff)
    request.session.save()
    later = a_request(token_of(request))
    assert later.user == staff
    assert visit.current(later) is None


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["deactivated", "deleted"])
def test_a_closed_account_has_no_visit_any_more(how: str) -> None:
    user = make_user()
    token = token_of(signed_in(user))
    if how == "deleted":
        user.delete()
    else:
        User.objects.update(is_active=False)
    assert visit.current(a_request(token)) is None


def test_a_request_without_a_session_has_no_visit() -> None:
    request: Any = RequestFactory().get("/")
    request.user = AnonymousUser()
    assert visit.current(request) is None


# How long


@pytest.mark.django_db
def test_idle_time_is_half_an_hour_and_every_read_begins_it_anew(redis_server: redis.Redis) -> None:
    token = token_of(signed_in())
    name = visit_entry.name(token)
    assert 1790 < redis_server.ttl(name) <= 1800
    redis_server.expire(name, 5)
    assert visit.current(a_request(token)) is not None
    assert 1790 < redis_server.ttl(name) <= 1800


@pytest.mark.django_db
def test_an_idle_visit_ends(settings: Any) -> None:
    settings.VISIT_IDLE_SECONDS = 1
    token = token_of(signed_in())
    assert visit.current(a_request(token)) is not None
    time.sleep(1.2)
    assert visit.current(a_request(token)) is None


@pytest.mark.django_db
def test_twelve_hours_are_the_end_however_busy_one_is(clock: Any, redis_server: redis.Redis) -> None:
    token = token_of(signed_in())
    name = visit_entry.name(token)
    for _i in range(24):
        here = visit.current(a_request(token))
        assert here is not None
        assert here.started_at == NOW
        assert here.expires_at <= NOW + timedelta(hours=12)
        clock.move(minutes=29, seconds=59)
    clock.move(seconds=-60)
    assert visit.current(a_request(token)) is not None
    assert 0 < redis_server.ttl(name) <= 84  # Redis erases it then, whether or not anybody asks again
    clock.move(seconds=85)
    assert visit.current(a_request(token)) is None
    assert redis_server.exists(name) == 0


@pytest.mark.django_db
def test_saving_does_not_make_it_last_longer(clock: Any, redis_server: redis.Redis) -> None:
    request = signed_in()
    clock.move(hours=11, minutes=55)
    request.session["colour"] = "petrol"
    request.session.save()
    assert redis_server.ttl(visit_entry.name(token_of(request))) <= 300
    clock.move(minutes=6)
    with pytest.raises(UpdateError):
        request.session.save()


@pytest.mark.django_db
def test_an_anonymous_session_does_not_use_up_the_hours_of_the_visit(clock: Any) -> None:
    anonymous = SessionStore()
    anonymous["colour"] = "petrol"
    anonymous.save()
    clock.move(minutes=20)
    here = visit.current(a_request(token_of(signed_in(token=anonymous.session_key))))
    assert here is not None
    assert here.started_at == clock.now


@pytest.mark.django_db
def test_a_new_token_for_a_visit_that_goes_on_does_not_count_the_hours_anew(clock: Any) -> None:
    request = signed_in()
    old = token_of(request)
    clock.move(hours=5)
    request = a_request(old)
    request.session.cycle_key()
    request.session.save()
    assert token_of(request) != old
    here = visit.current(a_request(token_of(request)))
    assert here is not None
    assert here.started_at == NOW
    assert visit.current(a_request(old)) is None


# Looking without being active


@pytest.fixture
def token(transactional_db: None) -> str:
    return token_of(signed_in())


async def test_peeking_and_asking_are_no_activity(token: str, redis_server: redis.Redis) -> None:
    name = visit_entry.name(token)
    redis_server.expire(name, 50)
    here = await visit.peek(token)
    assert here is not None
    assert (here.api_key, here.data_key, here.models) == (ALICE_KEY, DATA_KEY, MODELS)
    assert timedelta(seconds=40) < here.expires_at - timezone.now() <= timedelta(seconds=50)
    assert await visit.alive(token)
    assert 40 < redis_server.ttl(name) <= 50


@pytest.mark.parametrize("text", ["", "None", "x" * 43, "x" * 44, "ä" * 43])
async def test_nobody_is_behind_a_token_that_is_none(text: str) -> None:
    assert await visit.peek(text) is None
    assert not await visit.alive(text)


async def test_an_ended_visit_is_neither_seen_nor_alive(token: str, redis_server: redis.Redis) -> None:
    redis_server.delete(visit_entry.name(token))
    assert await visit.peek(token) is None
    assert not await visit.alive(token)


async def test_peeking_sees_no_visit_past_its_hours(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    later = datetime.now(tz=NOW.tzinfo) + timedelta(hours=13)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert await visit.peek(token) is None


async def test_peeking_sees_no_visit_in_a_session_without_one() -> None:
    store = SessionStore()
    await store.aset("colour", "petrol")
    await store.asave()
    assert await visit.peek(str(store.session_key)) is None
    assert await visit.alive(str(store.session_key))


# Redis away


@pytest.mark.django_db
def test_without_redis_one_is_signed_out_and_keeps_the_cookie(no_redis: None) -> None:
    token = visit_entry.new_token()
    request = a_request(token)
    assert visit.current(request) is None
    assert visit.is_unreachable(request)
    assert not request.session.is_empty()  # else the middleware takes the cookie away
    assert token_of(request) == token


@pytest.mark.django_db
def test_without_redis_nobody_signs_in(no_redis: None) -> None:
    with pytest.raises(errors.Unavailable):
        signed_in()


def test_without_redis_a_notice_gets_lost_and_nothing_breaks(no_redis: None) -> None:
    for token in (None, visit_entry.new_token()):
        store = SessionStore(token)
        store["notice"] = "saved"
        store.save()


@pytest.mark.django_db
def test_what_was_changed_while_redis_was_away_does_not_replace_the_visit(settings: Any, tmp_path: Any) -> None:
    token, url = token_of(signed_in()), settings.REDIS_URL
    settings.REDIS_URL = f"unix://{tmp_path}/none.sock?db=0"
    store = SessionStore(token)
    store["notice"] = "saved"
    settings.REDIS_URL = url
    store.save()
    assert visit.current(a_request(token)) is not None


def test_without_redis_signing_out_still_drops_the_token(settings: Any, tmp_path: Any) -> None:
    store = SessionStore()
    store["colour"] = "petrol"
    store.save()
    settings.REDIS_URL = f"unix://{tmp_path}/none.sock?db=0"
    store.flush()
    assert store.session_key is None
    assert store.is_empty()


async def test_without_redis_a_stream_hears_that_it_can_not_be_told(no_redis: None) -> None:
    with pytest.raises(errors.Unavailable):
        await visit.peek(visit_entry.new_token())
    with pytest.raises(errors.Unavailable):
        await visit.alive(visit_entry.new_token())


# What Redis can read


@pytest.mark.django_db
def test_redis_holds_no_key_and_no_token(redis_server: redis.Redis) -> None:
    token = token_of(signed_in())
    for secret in (ALICE_KEY.encode(), DATA_KEY, token.encode(), visit_entry._key(token), MODELS[0].encode()):
        assert traces(redis_server, secret) == []


def test_that_search_would_find_every_form(redis_server: redis.Redis) -> None:
    for name, form in forms(DATA_KEY).items():
        redis_server.flushall()
        redis_server.set("x", b"..." + form + b"...")
        assert name in traces(redis_server, DATA_KEY)


@pytest.mark.django_db
def test_all_server_secrets_together_open_no_visit(redis_server: redis.Redis, settings: Any) -> None:
    signed_in()
    (name,) = redis_server.keys()
    sealed = redis_server.get(name)
    secrets = [settings.SECRET_KEY.encode(), *settings.PEPPERS, *settings.WORKER_KEYS, *settings.PROMPT_KEYS]
    for secret in secrets:
        for token in (secret.hex(), secret.decode("latin-1"), name.decode()):
            assert visit_entry.unseal(token, sealed) is None


@pytest.mark.django_db
def test_an_entry_moved_to_another_name_signs_nobody_in(redis_server: redis.Redis) -> None:
    alice, mallory = token_of(signed_in()), token_of(signed_in(api_key=BOB_KEY))
    redis_server.copy(visit_entry.name(alice), visit_entry.name(mallory), replace=True)
    assert visit.current(a_request(mallory)) is None


@pytest.mark.django_db
def test_a_visit_does_not_show_itself() -> None:
    here = visit.current(a_request(token_of(signed_in())))
    assert ALICE_KEY not in repr(here)
    assert repr(DATA_KEY) not in repr(here)
    assert "openai" not in f"{here}"
