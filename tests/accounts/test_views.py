"""Signing in and out over HTTP, with the real middleware."""

import re
from typing import Any

import pytest
import redis
from django.test import Client
from django.urls import reverse

from accounts import visit_entry
from accounts.models import Credential, User
from gptlab import crypto
from gptlab.llm import errors as upstream_errors

from .conftest import ALICE_KEY, BOB_KEY, Upstream
from .secrecy import traces

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
MINTED_FORM = re.compile(r'value="(demo-[0-9A-HJKMNP-TV-Z]{32})"')


def post(client: Client, api_key: str | None = ALICE_KEY, headers: dict[str, str] | None = None, **fields: str) -> Any:
    data = {"provider": "openai", **fields} | ({} if api_key is None else {"api_key": api_key})
    return client.post("/sign-in/", data, headers=headers)


def is_signed_in(client: Client) -> bool:
    return client.get("/").context["visit"] is not None


def token_of(client: Client) -> str:
    return client.cookies["visit"].value


# The page and the form


def test_the_page_asks_for_a_key_and_says_what_becomes_of_it(client: Client) -> None:
    page = client.get("/sign-in/?next=/lounge/%3Fpage%3D2")
    html = page.content.decode()
    assert page.status_code == 200
    assert 'type="password"' in html
    assert 'autocomplete="current-password"' in html
    assert "no-store" in page["Cache-Control"]
    for words in ("By signing in you agree", "free-trial", "it is your key to coming back", "Try it without a key", "not stored"):
        assert words in html
    assert re.search(r"style=|<style|onclick|<script(?![^>]* (src|nonce)=)", html) is None


def test_every_provider_can_be_chosen_without_a_script(client: Client) -> None:
    html = client.get("/sign-in/").content.decode()
    assert re.findall(r'<option value="(\w+)"', html) == ["openai", "attic", "demo"]
    for path in ("/sign-in/attic/", "/sign-in/demo/"):
        assert f'action="{path}"' in html


def test_a_single_provider_is_not_asked_for(client: Client, settings: Any) -> None:
    settings.KEYLESS_SERVERS, settings.DEMO_BASE_URL = [], ""
    html = client.get("/sign-in/").content.decode()
    assert "<select" not in html
    assert '<input type="hidden" name="provider" value="openai">' in html
    assert "Try it without a key" not in html


# In


def test_a_key_opens_the_door_and_leads_back(client: Client) -> None:
    answer = post(client, next="/lounge/?page=2")
    assert (answer.status_code, answer["Location"]) == (302, "/lounge/?page=2")
    assert is_signed_in(client)
    here = client.get("/").context["visit"]
    assert here.api_key == ALICE_KEY
    assert here.user_id == User.objects.get().id


def test_htmx_is_told_to_go_there(client: Client) -> None:
    answer = post(client, headers=HTMX, next="/lounge/")
    assert (answer.status_code, answer["HX-Redirect"]) == (200, "/lounge/")


def test_who_is_here_already_is_led_on(client: Client) -> None:
    post(client)
    assert client.get("/sign-in/?next=/about/")["Location"] == "/about/"


OFF_THE_SITE = [
    "https://evil.example/",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\t//evil.example",
    "http:evil.example",
    "javascript:alert(1)",
    "http://testserver/lounge/",
    "//[",
    "\0/",
    "",
    "lounge",
    "home",
    "/" + "x" * 5000,
]


@pytest.mark.parametrize("wanted", OFF_THE_SITE, ids=lambda value: ascii(value[:20]))
def test_nobody_is_led_off_the_site(client: Client, wanted: str) -> None:
    assert post(client, next=wanted)["Location"] == reverse("assistants:lounge")


def test_a_line_break_in_next_splits_no_header(client: Client) -> None:
    answer = post(client, next="/a\r\nX-Evil: 1")
    assert answer["Location"] == "/a%0D%0AX-Evil:%201"
    assert not answer.has_header("X-Evil")


def test_the_cookie_is_new_and_not_for_scripts(client: Client) -> None:
    planted = visit_entry.new_token()
    client.cookies["visit"] = planted
    post(client)
    cookie = client.cookies["visit"]
    assert cookie.value != planted
    assert visit_entry.is_token(cookie.value)
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert not cookie["max-age"]


def test_the_csrf_token_is_new_after_signing_in() -> None:
    client = Client(enforce_csrf_checks=True)
    client.get("/sign-in/")
    before = client.cookies["csrf"].value
    refused = post(client)
    assert refused.status_code == 403
    assert User.objects.count() == 0
    assert post(client, headers={"X-CSRFToken": before}).status_code == 302
    assert client.cookies["csrf"].value != before


def test_a_provider_left_out_is_the_first_of_the_list(client: Client) -> None:
    assert client.post("/sign-in/", {"api_key": ALICE_KEY}).status_code == 302
    assert Credential.objects.get().provider == "openai"


# Refused


@pytest.fixture
def no_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **rest: Any) -> bytes:
        raise AssertionError("hashed")

    monkeypatch.setattr(crypto, "stretch", refuse)


BAD = [
    (None, "Paste your API key"),
    ("", "Paste your API key"),
    ("   ", "only spaces"),
    ("s" * 20_000, "20000 characters"),
    ("s" * 1_000_000, "1000000 characters"),
    ("sk-🔑", "can’t be part of a key"),
    ("sk-a\0b", "NUL"),
    ("sk-a\r\nX-Evil: 1", "line break"),
    (ALICE_KEY + BOB_KEY, "two keys"),
    ("sk-a\u200bb", "ZERO WIDTH SPACE"),
    ("sk-ant-api03-abc", "Anthropic"),
    ("<script>alert(1)</script>", "only the key itself"),
    ("lingua-franca-0123456789", "“sk-”"),
]


@pytest.mark.parametrize("headers", [None, HTMX], ids=["page", "part"])
@pytest.mark.parametrize(("raw", "words"), BAD, ids=lambda value: ascii(value)[:20])
def test_a_text_that_is_no_key_gets_its_own_sentence_at_once(
    client: Client, no_hashing: None, upstream: Upstream, redis_server: redis.Redis, raw: str | None, words: str, headers: Any
) -> None:
    answer = post(client, raw, headers=headers, next="/lounge/")
    html = answer.content.decode()
    assert answer.status_code == 422
    assert words in html
    assert 'aria-invalid="true"' in html
    assert re.search(r'aria-describedby="sign-in-key-error [^"]*"', html)
    assert 'id="sign-in-key-error"' in html
    assert ("<html" in html) == (headers is None)
    assert re.search(r'name="next"\s+value="/lounge/"', html)
    assert "HX-Request" in answer["Vary"]
    assert "<script>alert" not in html
    assert upstream.calls == []
    assert redis_server.dbsize() == 0  # costs no attempt, leaves no session


def test_a_refused_key_is_on_no_page_in_no_log_and_not_in_redis(
    client: Client, upstream: Upstream, redis_server: redis.Redis, caplog: Any
) -> None:
    upstream.trouble = upstream_errors.KeyRejected()
    answer = post(client)
    assert answer.status_code == 422
    assert "OpenAI does not know this key" in answer.content.decode()
    assert ALICE_KEY not in answer.content.decode()
    assert ALICE_KEY not in caplog.text
    assert traces(redis_server, ALICE_KEY.encode()) == []
    assert User.objects.count() == 0
    assert "visit" not in client.cookies


@pytest.mark.parametrize(
    ("trouble", "status"),
    [(upstream_errors.Unreachable(), 503), (upstream_errors.TimedOut(), 503), (upstream_errors.RateLimited(30), 429)],
)
def test_a_provider_that_is_away_is_named_above_the_form(client: Client, upstream: Upstream, trouble: Any, status: int) -> None:
    upstream.trouble = trouble
    answer = post(client)
    assert answer.status_code == status
    assert re.search(r'role="alert">.*OpenAI', answer.content.decode(), re.DOTALL)
    assert answer["Retry-After"] == "30"
    assert User.objects.count() == 0


def test_a_provider_that_is_away_leaves_the_form_of_a_page_as_it_is(client: Client, upstream: Upstream) -> None:
    upstream.trouble = upstream_errors.Unreachable()
    answer = post(client, headers=HTMX)
    assert answer.status_code == 503
    assert answer["HX-Retarget"] == "#notice"
    assert "OpenAI can’t be reached" in answer.content.decode()
    assert "<form" not in answer.content.decode()


@pytest.mark.parametrize(
    ("page", "wanted"), [("/", ""), ("/lounge/?page=2", "/lounge/?page=2"), ("/sign-in/?next=/about/", "/about/")]
)
def test_one_comes_back_to_where_one_was(client: Client, page: str, wanted: str) -> None:
    found = re.findall(r'name="next"\s+value="([^"]*)"', client.get(page).content.decode())
    assert found == [wanted] * 3  # the form, and a button for each server that takes any key


def test_a_wrong_provider_is_said_at_its_field(client: Client, upstream: Upstream) -> None:
    for provider in ("mallory", "x" * 5000, "openai\0"):
        answer = post(client, provider=provider)
        assert answer.status_code == 422
        assert 'id="sign-in-provider-error"' in answer.content.decode()
    assert upstream.calls == []


def test_the_provider_stays_chosen_after_a_mistake(client: Client) -> None:
    html = post(client, "nonsense", provider="demo").content.decode()
    assert re.search(r'<option value="demo"\s+selected>', html)


def test_a_known_key_that_the_provider_rejects_opens_to_read_and_says_so(client: Client, upstream: Upstream) -> None:
    post(client)
    client.post("/sign-out/")
    upstream.trouble = upstream_errors.KeyRejected()
    assert post(client).status_code == 302
    page = client.get("/")
    assert page.context["visit"].can_chat is False
    assert "OpenAI no longer takes this key" in page.content.decode()


def test_trying_too_often_has_to_wait(client: Client, settings: Any, upstream: Upstream) -> None:
    settings.SIGN_IN_LIMIT = "2/minute"
    upstream.trouble = upstream_errors.KeyRejected()
    assert [post(client, f"sk-guess-{n}").status_code for n in range(3)] == [422, 422, 429]
    assert int(post(client)["Retry-After"]) >= 1
    assert client.post("/sign-in/demo/").status_code == 429
    assert len(upstream.calls) == 2


def test_without_redis_the_page_is_there_and_signing_in_says_why_not(client: Client, settings: Any, tmp_path: Any) -> None:
    settings.REDIS_URL = f"unix://{tmp_path}/none.sock?db=0"
    assert client.get("/sign-in/").status_code == 200
    answer = post(client)
    assert answer.status_code == 503
    assert "away" in answer.content.decode()
    assert User.objects.count() == 0
    assert not client.cookies.get("visit")


def test_a_short_absence_of_redis_signs_nobody_out(client: Client, settings: Any, tmp_path: Any) -> None:
    post(client)
    token, url = token_of(client), settings.REDIS_URL
    settings.REDIS_URL = f"unix://{tmp_path}/none.sock?db=0"
    page = client.get("/about/")
    assert page.status_code == 200
    assert page.context["visit"] is None
    assert token_of(client) == token
    settings.REDIS_URL = url
    assert is_signed_in(client)


# Out


@pytest.mark.parametrize("headers", [None, HTMX], ids=["page", "part"])
def test_signing_out_erases_at_once(client: Client, redis_server: redis.Redis, headers: Any) -> None:
    post(client)
    token = token_of(client)
    answer = client.post("/sign-out/", headers=headers)
    assert answer["HX-Redirect" if headers else "Location"] == "/"
    assert not list(redis_server.scan_iter("visit:*"))
    assert client.cookies["visit"].value == ""
    client.cookies["visit"] = token
    assert not is_signed_in(client)


def test_a_link_signs_nobody_out(client: Client) -> None:
    post(client)
    assert client.get("/sign-out/").status_code == 405
    assert is_signed_in(client)


def test_signing_out_twice_is_no_mistake(client: Client) -> None:
    assert client.post("/sign-out/").status_code == 302


def test_pages_of_a_visit_are_kept_by_no_cache(client: Client) -> None:
    post(client)
    assert "no-store" in client.get("/about/")["Cache-Control"]


def test_an_expired_visit_is_signed_out_and_its_cookie_goes(client: Client, redis_server: redis.Redis) -> None:
    post(client)
    redis_server.flushall()
    assert not is_signed_in(client)
    assert client.cookies["visit"].value == ""


# Keys made here


@pytest.mark.parametrize("provider", ["demo", "attic"])
def test_a_minted_key_signs_in_and_is_shown_on_one_page_only(client: Client, provider: str, upstream: Upstream) -> None:
    answer = client.post(f"/sign-in/{provider}/")
    assert answer["Location"] == reverse("assistants:lounge")
    ((asked, key),) = upstream.calls
    assert asked == provider
    first = client.get("/about/").content.decode()
    assert first.count(key) == 1
    assert "keep it" in first
    assert key not in client.get("/about/").content.decode()
    client.post("/sign-out/")
    assert key not in client.get("/").content.decode()
    post(client, key, provider=provider)
    assert User.objects.count() == 1
    assert client.get("/").context["visit"].user_id == User.objects.get().id


def test_a_minted_key_is_in_no_cookie_and_not_in_the_open_in_redis(
    client: Client, upstream: Upstream, redis_server: redis.Redis
) -> None:
    client.post("/sign-in/demo/")
    ((_provider, key),) = upstream.calls
    assert traces(redis_server, key.encode()) == []
    assert all(key not in cookie.value for cookie in client.cookies.values())
    assert set(client.cookies) <= {"visit", "csrf"}


def test_trying_it_leads_where_one_wanted(client: Client) -> None:
    assert client.post("/sign-in/demo/", {"next": "/about/"})["Location"] == "/about/"
    assert reverse("accounts:demo-key") == "/sign-in/demo/"


@pytest.mark.parametrize("provider", ["openai", "mallory"])
def test_no_key_is_made_for_a_provider_that_makes_its_own(client: Client, upstream: Upstream, provider: str) -> None:
    assert client.post(f"/sign-in/{provider}/").status_code == 404
    assert upstream.calls == []


def test_a_link_makes_no_key(client: Client) -> None:
    assert client.get("/sign-in/demo/").status_code == 405


def test_a_demo_that_is_away_is_said(client: Client, upstream: Upstream) -> None:
    upstream.trouble = upstream_errors.Unreachable()
    assert client.post("/sign-in/demo/").status_code == 503
    assert User.objects.count() == 0


def test_where_there_is_no_demo_there_is_no_demo_key(client: Client, settings: Any) -> None:
    settings.DEMO_BASE_URL = ""
    assert client.post("/sign-in/demo/").status_code == 404


# The terms


def test_terms_that_have_changed_are_announced_once_and_never_to_a_newcomer(client: Client, settings: Any, tmp_path: Any) -> None:
    def told(api_key: str) -> bool:
        post(client, api_key)
        return 'The terms have changed since you were last here. <a href="/terms/#changes">' in client.get("/").content.decode()

    settings.PAGES_FOLDER = tmp_path
    assert not told(ALICE_KEY)
    (tmp_path / "terms.md").write_text("version: 2027-01\n\n# Terms\n")
    assert [told(ALICE_KEY), told(ALICE_KEY), told(BOB_KEY)] == [True, False, False]
