"""Every status has its page, in the frame that can be had; htmx gets a notice; what was written comes back; no secret shows."""

import re
import uuid
from html import unescape

import pytest
from django.db import OperationalError
from django.db.backends.utils import CursorWrapper
from django.http import HttpResponseNotAllowed

from gptlab import pages, rate_limits
from tests.chats.conftest import make_assistant

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/lounge/"}
DRAFT = "Dear Sam,\n<b>it</b> is late."
SAY = f"/chats/{uuid.UUID(int=7)}/say/"


def broken(monkeypatch, client):
    def fail(*_args, **_more):
        raise ValueError("sk-secret and a prompt")

    monkeypatch.setattr(pages, "render", fail)
    client.raise_request_exception = False


def strange_host(monkeypatch, client):
    client.defaults["HTTP_HOST"] = "evil.example"


def not_allowed(monkeypatch, client):
    monkeypatch.setattr(pages, "render", lambda *_args: HttpResponseNotAllowed(["POST"]))


def database_away(monkeypatch, client):
    def fail(*_args, **_more):
        raise OperationalError("password=hunter2")

    monkeypatch.setattr(CursorWrapper, "execute", fail)
    client.raise_request_exception = False


def form_token_missing(monkeypatch, client):
    client.handler.enforce_csrf_checks = True


# what is wrong → method, address → status, title, one way out
PAGES = [
    (None, "get", "/nowhere/", 404, "Page not found", "Go to the Lounge"),
    (None, "get", "/sign-out/", 405, "This address can’t be used like that", "Go to the Lounge"),
    (None, "delete", "/faq/", 405, "This address can’t be used like that", "Go to the Lounge"),
    (strange_host, "get", "/", 400, "This request can’t be read", "Go to the front page"),
    (form_token_missing, "post", "/sign-in/", 403, "This page is out of date", "Go to the front page"),
    (broken, "get", "/", 500, "Something broke on our side", "Reload"),
    (database_away, "get", "/lounge/", 503, "Something that this needs is away", "Reload"),
    (None, "post", SAY, 401, "Your visit has ended", "Enter the lab"),
]


@pytest.mark.parametrize(("trouble", "method", "path", "status", "title", "way"), PAGES)
def test_each_status_has_a_page_in_the_common_design(client, monkeypatch, trouble, method, path, status, title, way):
    if trouble:
        trouble(monkeypatch, client)
    answer = getattr(client, method)(path)
    page = unescape(answer.content.decode())
    assert answer.status_code == status
    assert f"<h1>{title}</h1>" in page
    assert f"Error {status}" in page
    assert way in page
    assert "GPT Lab" in page
    assert "default-src 'none'" in answer["Content-Security-Policy"] or status == 400


@pytest.mark.parametrize(("trouble", "method", "path", "status", "title", "way"), PAGES)
def test_htmx_gets_a_notice_instead(client, monkeypatch, trouble, method, path, status, title, way):
    if trouble:
        trouble(monkeypatch, client)
    answer = getattr(client, method)(path, headers=HTMX)
    text = answer.content.decode()
    assert (answer.status_code, answer["HX-Retarget"], answer["HX-Reswap"]) == (status, "#notice", "innerHTML")
    assert f"<strong>{title}.</strong>" in text
    assert "data-notice" in text
    assert "<html" not in text


@pytest.mark.parametrize(("path", "status"), [("/nowhere/", 404), ("/sign-out/", 405), ("/lounge/", 200), ("/", 200)])
def test_a_head_has_the_status_of_the_page(client, path, status):
    assert client.head(path).status_code == status


def test_what_is_not_allowed_says_what_is(client):
    assert client.get("/sign-out/")["Allow"] == "POST"


def test_who_is_here_sees_it_in_their_frame_and_who_is_not_alone(alice, client):
    assert 'class="seal' in alice.client.get("/nowhere/").content.decode()
    assert alice.client.get("/nowhere/")["Cache-Control"] == "no-store"
    assert 'class="front-top' in client.get("/nowhere/").content.decode()


@pytest.mark.parametrize(("trouble", "status"), [(broken, 500), (database_away, 503)])
@pytest.mark.parametrize("headers", [None, HTMX])
def test_what_may_be_needed_for_the_frame_is_not_asked_for(alice, monkeypatch, trouble, status, headers):
    trouble(monkeypatch, alice.client)
    answer = alice.client.get("/", headers=headers)
    assert (answer.status_code, answer["Cache-Control"]) == (status, "no-store")
    assert ('class="front-top' in answer.content.decode()) is (headers is None)


def test_the_theme_stays_even_then(client, monkeypatch):
    database_away(monkeypatch, client)
    client.cookies["theme"] = "dark"
    assert 'data-bs-theme="dark"' in client.get("/lounge/").content.decode()


def test_what_broke_is_in_the_log_under_the_number_on_the_page_and_not_on_the_page(client, monkeypatch, caplog):
    broken(monkeypatch, client)
    page = client.get("/").content.decode()
    number = re.search(r"E-[0-9A-Z]{6}", page)[0]
    assert number in caplog.text
    for secret in ("sk-secret", "ValueError", "Traceback"):
        assert secret not in page


def test_no_word_of_the_database_shows(client, monkeypatch, caplog):
    database_away(monkeypatch, client)
    assert "hunter2" not in client.get("/lounge/").content.decode() + caplog.text


@pytest.mark.parametrize(
    ("trouble", "path", "field"),
    [
        (None, SAY, "text"),
        (form_token_missing, SAY, "text"),
        (form_token_missing, SAY.replace("say", "notes"), "notes"),
        (form_token_missing, SAY.replace("say", "rename"), "title"),
        (database_away, SAY, "text"),
    ],
)
def test_what_was_written_comes_back_to_be_copied(alice, monkeypatch, trouble, path, field):
    if trouble:
        trouble(monkeypatch, alice.client)
    answer = alice.client.post(path, {field: DRAFT, "client_id": uuid.uuid4(), "api_key": "sk-never"})
    page = answer.content.decode()
    assert answer.status_code >= 400
    written = re.search(r"<textarea[^>]*readonly[^>]*>(.*?)</textarea>", page, re.DOTALL)[1]
    assert unescape(written).removeprefix("\n") == DRAFT
    assert "sk-never" not in page


def test_a_form_that_is_refused_leads_back_to_its_page(client, monkeypatch):
    form_token_missing(monkeypatch, client)
    page = client.post("/sign-in/", headers={"Referer": "http://testserver/lounge/?q=a&page=2"}).content.decode()
    assert 'href="/lounge/?q=a&amp;page=2"' in page


@pytest.mark.parametrize("headers", [None, HTMX])
def test_what_is_too_large_to_be_read_is_413(client, settings, headers):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    answer = client.post("/sign-in/", {"api_key": "x" * 1000}, headers=headers, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 413
    assert "This is too large to send" in answer.content.decode()


def test_too_many_fields_are_a_request_that_can_not_be_read(client):
    answer = client.post("/sign-in/", {f"f{number}": "" for number in range(1_200)})
    assert answer.status_code == 400
    assert "This request can’t be read" in answer.content.decode()


@pytest.mark.parametrize("headers", [None, HTMX])
def test_too_often_says_when(alice, headers):
    for _ in range(30):
        rate_limits.hit("start", key=str(alice.user.pk), limit="30/minute")
    answer = alice.client.post("/chats/start/", {"assistant": make_assistant(name="Sam").code}, headers=headers)
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 60
    assert re.search(r"You can try again in \d+ s\.", answer.content.decode())


def test_redis_away_says_so_on_every_page_and_keeps_the_visit(alice, settings, tmp_path):
    away = f"unix://{tmp_path}/nobody.sock"
    there, settings.REDIS_URL = settings.REDIS_URL, away
    page = alice.client.get("/lounge/")
    assert "The part that keeps visits is away." in page.content.decode()
    answer = alice.client.post("/chats/start/", {"assistant": "X"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert answer.content.decode().count("The part that keeps visits is away.") == 1
    assert "visit" not in answer.cookies
    settings.REDIS_URL = there
    assert "The part that keeps visits is away." not in alice.client.get("/lounge/").content.decode()
    assert 'class="seal' in alice.client.get("/lounge/").content.decode()
