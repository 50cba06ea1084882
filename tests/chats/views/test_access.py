"""Whose pages these are: truth tables over every address of the talk, and the way back after signing in."""

import re
import uuid
from html import unescape
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chats import conversation
from chats.models import ChatSession, Reply
from tests.chats.conftest import make_assistant
from tests.chats.views.talk import HTMX, said, url

pytestmark = pytest.mark.django_db


def row(method, name, of_alice):
    """A foreign chat is missing; nobody signs in first, where a page is asked for, and is told so elsewhere."""
    return method, name, {"alice": of_alice, "bob": 404, "nobody": 302 if method in ("get", "head") else 401}


PLAIN_TABLE = [
    row("get", "session", 200),
    row("get", "text", 200),
    row("get", "transcript", 200),
    row("get", "transcript-csv", 200),
    row("get", "transcript-md", 200),
    row("get", "recap", 303),
    row("get", "title", 303),
    row("get", "delete", 200),
    *[row("head", name, 200) for name in ("session", "text", "transcript")],
    row("post", "say", 303),
    row("post", "edit", 409),
    row("post", "regenerate", 303),
    row("post", "fork", 303),
    row("post", "conclude", 409),
    row("post", "resume", 303),
    row("post", "rate", 303),
    row("post", "rename", 303),
    row("post", "delete", 302),
    row("post", "retry", 409),
    row("post", "stop", 303),
    row("post", "choose", 303),
    row("post", "rate-reply", 303),
]
HTMX_TABLE = [
    row("post", "say", 200),
    row("post", "edit", 409),
    row("post", "regenerate", 200),
    row("post", "rate", 200),
    row("post", "rename", 200),
    row("post", "retry", 409),
    row("post", "stop", 204),
    row("post", "choose", 200),
    row("post", "rate-reply", 200),
    ("get", "recap", {"alice": 200, "bob": 404, "nobody": 401}),
    ("get", "title", {"alice": 200, "bob": 404, "nobody": 401}),
]
FORM = {"turn": "0", "liked": "1", "title": "A name"}
POSTED = [name for method, name, _ in PLAIN_TABLE if method == "post"]


@pytest.mark.parametrize("who", ["alice", "bob", "nobody"])
@pytest.mark.parametrize(
    ("headers", "method", "name", "statuses"), [(None, *row) for row in PLAIN_TABLE] + [(HTMX, *row) for row in HTMX_TABLE]
)
def test_who_gets_what(alice, bob, opening, headers, method, name, statuses, who):
    client = {"alice": alice.client, "bob": bob.client, "nobody": Client()}[who]
    before = everything()
    answer = getattr(client, method)(url(name, opening), said(**FORM) if method == "post" else {}, headers=headers)
    assert answer.status_code == statuses[who]
    if who != "alice":
        assert everything() == before
        assert b"Hello from" not in answer.content


def everything():
    return [list(rows.values_list()) for rows in (ChatSession.objects.order_by("pk"), Reply.objects.order_by("pk"))]


@pytest.mark.parametrize(("method", "name"), [(method, name) for method, name, _ in PLAIN_TABLE])
def test_a_foreign_chat_can_not_be_told_from_a_missing_one(alice, bob, opening, method, name):
    foreign = getattr(bob.client, method)(url(name, opening), said(**FORM) if method == "post" else {})
    address = url(name, opening).replace(str(opening.session_id), str(uuid.uuid4()))
    missing = getattr(bob.client, method)(address, said(**FORM) if method == "post" else {})
    assert (foreign.status_code, shown(foreign)) == (missing.status_code, shown(missing))


def shown(answer):
    """A page without its tokens."""
    return re.sub(
        r'(value|nonce|content)="[^"]*"|X-CSRFToken": "[^"]*"|X-CSRFToken&quot;: &quot;\w+', "", answer.content.decode()
    )


@pytest.mark.parametrize(
    ("method", "name"), [("get", "text"), *[("post", name) for name in ("retry", "stop", "choose", "rate-reply")]]
)
def test_a_reply_is_found_only_in_its_own_session(alice, sam, opening, method, name):
    other = conversation.start(user=alice.user, visit=alice.visit, code=sam.code, model="", now=timezone.now())
    mixed = reverse(f"chats:{name}", kwargs={"session_id": other.session_id, "reply_id": opening.pk})
    assert getattr(alice.client, method)(mixed).status_code == 404


@pytest.mark.parametrize("name", ["session", "transcript", "transcript-csv", "transcript-md", "delete"])
def test_who_is_signed_out_comes_back_after_signing_in(opening, name):
    answer = Client().get(url(name, opening))
    target = urlsplit(answer["Location"])
    assert (target.path, parse_qs(target.query)["next"]) == (reverse("accounts:sign-in"), [url(name, opening)])


@pytest.mark.parametrize("name", ["say", "edit", "regenerate", "stop"])
@pytest.mark.parametrize(
    ("headers", "place"),
    [
        ({"HX-Request": "true", "HX-Current-URL": "http://testserver{page}#latest"}, "{page}"),
        ({"Referer": "http://testserver{page}"}, "{page}"),
        ({"Referer": "http://evil.example{page}"}, "/"),
        ({"HX-Request": "true", "HX-Current-URL": "http://evil.example{page}"}, "/"),
        ({}, "/"),
    ],
)
def test_who_signs_in_again_comes_back_to_the_page(alice, opening, name, headers, place):
    """Not to the address that was posted to: that is no page."""
    page = url("session", opening)
    answer = Client().post(url(name, opening), said(), headers={key: value.format(page=page) for key, value in headers.items()})
    wanted = unescape(re.search(r'(?:href="/sign-in/\?next=|name="next"\s+value=)"?([^"]*)"', answer.content.decode())[1])
    wanted = unquote(wanted)
    assert wanted == place.format(page=page)
    assert alice.client.get(wanted).status_code == 200


@pytest.mark.parametrize("name", ["start", *(name for name in POSTED if name != "delete")])
@pytest.mark.parametrize("method", ["get", "head", "put", "patch", "delete"])
def test_what_changes_something_is_only_posted(alice, opening, name, method):
    address = reverse("chats:start") if name == "start" else url(name, opening)
    assert getattr(alice.client, method)(address).status_code == 405


@pytest.mark.parametrize("name", ["session", "transcript", "transcript-csv", "transcript-md", "text", "recap", "title"])
def test_what_shows_something_is_only_got(alice, opening, name):
    assert alice.client.post(url(name, opening)).status_code == 405


@pytest.mark.parametrize("name", ["start", *POSTED])
def test_without_the_forms_token_nothing_happens(alice, opening, name):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = alice.client.cookies
    address = reverse("chats:start") if name == "start" else url(name, opening)
    before = everything()
    answer = strict.post(address, said(assistant=opening.session.assistant.code))
    assert (answer.status_code, everything()) == (403, before)
    assert "out of date" in answer.content.decode()


def test_an_assistants_page_shows_ones_own_past_chats_only(alice, bob, opening, sam):
    address = reverse("chats:assistant", args=[sam.code])
    link = url("session", opening)
    assert link in alice.client.get(address).content.decode()
    assert link not in bob.client.get(address).content.decode()
    assert link not in Client().get(address).content.decode()


@pytest.mark.parametrize(
    ("name", "who", "status"),
    [
        ("list", "alice", 200),
        ("list", "bob", 200),
        ("list", "nobody", 302),
        ("delete-all", "alice", 200),
        ("delete-all", "bob", 200),
        ("delete-all", "nobody", 302),
    ],
)
def test_the_list_of_chats_is_ones_own(alice, bob, opening, name, who, status):
    client = {"alice": alice.client, "bob": bob.client, "nobody": Client()}[who]
    answer = client.get(reverse(f"chats:{name}"))
    assert answer.status_code == status
    shows = name == "list" and who == "alice"
    assert (f"/chats/{opening.session_id}/" in answer.content.decode().partition("<main")[2]) == shows


def test_deleting_all_deletes_nobody_elses(bob, opening):
    assert bob.client.post(reverse("chats:delete-all")).status_code == 302
    assert ChatSession.objects.count() == 1


@pytest.mark.parametrize("code", ["X", "0" * 20, "é" * 20, "a" * 300])
def test_an_unknown_assistant_is_not_found(alice, code):
    assert alice.client.get(reverse("chats:assistant", args=[code])).status_code == 404


@pytest.mark.parametrize(("visibility", "status"), [("private", 404), ("unlisted", 200), ("listed", 200)])
def test_an_assistant_of_another_is_there_unless_it_is_private(alice, bob, visibility, status):
    hers = make_assistant(name="Hers", creator=alice.user, visibility=visibility)
    address = reverse("chats:assistant", args=[hers.code])
    assert alice.client.get(address).status_code == 200
    assert bob.client.get(address).status_code == status
    assert Client().get(address).status_code == status


def test_the_secret_prompt_is_on_no_page(alice, opening):
    opening.session.version.initial_prompt = "Mumblecore secret"
    opening.session.version.save()
    addresses = [
        url("session", opening),
        url("transcript", opening),
        url("transcript-csv", opening),
        url("transcript-md", opening),
        url("delete", opening),
        reverse("chats:list") + "?q=secret",
        reverse("chats:assistant", args=[opening.session.assistant.code]),
    ]
    for address in [*addresses, reverse("assistants:lounge"), reverse("home")]:
        assert "Mumblecore" not in alice.client.get(address).content.decode()
