"""What is refused says why, where it is seen, and nothing that was written is lost: with a script and without."""

import re
import uuid
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from chats import conversation
from chats.models import ChatSession, Reply
from gptlab import rate_limits
from tests.cast import visitor
from tests.chats.views.talk import DRAFT, HTMX, said, say, store, url

pytestmark = pytest.mark.django_db


REFUSALS = [
    ("", {}, 422, "unfit_message"),
    (" \u200b\n", {}, 422, "unfit_message"),
    ("x" * (32 * 1024 + 1), {}, 422, "unfit_message"),
    ("x" * 1_000_000, {}, 422, "unfit_message"),
    (DRAFT, {"client_id": "no uuid"}, 422, "invalid"),
    (DRAFT, {"client_id": ""}, 422, "invalid"),
]


@pytest.mark.parametrize(("text", "more", "status", "code"), REFUSALS)
def test_what_can_not_be_said_is_told_where_the_page_keeps_its_notices(alice, opening, sent, text, more, status, code):
    answer = say(alice, opening, text, HTMX, **more)
    assert (answer.status_code, answer["X-Error-Code"]) == (status, code)
    assert (answer["HX-Retarget"], answer["HX-Reswap"]) == ("#notice", "innerHTML")
    assert "data-notice" in answer.content.decode()
    assert "<html" not in answer.content.decode()
    assert sent == []


def busy(alice, opening):
    conversation.say(
        user=alice.user,
        visit=alice.visit,
        session_id=opening.session_id,
        text="x",
        client_id=str(uuid.uuid4()),
        now=timezone.now(),
    )


def closed(alice, opening):
    ChatSession.objects.update(status="completed")


def limited(alice, opening):
    for _ in range(60):
        rate_limits.hit("say", key=str(alice.user.pk), limit="60/minute")


@pytest.mark.parametrize(
    ("trouble", "status", "code"), [(busy, 409, "busy"), (closed, 409, "session_over"), (limited, 429, "limited")]
)
@pytest.mark.parametrize("headers", [None, HTMX])
def test_a_message_that_comes_at_the_wrong_time_is_refused_with_a_reason(alice, opening, trouble, status, code, headers):
    trouble(alice, opening)
    answer = say(alice, opening, DRAFT, headers)
    assert (answer.status_code, answer["X-Error-Code"]) == (status, code)
    assert answer.has_header("Retry-After") is (status == 429)
    assert answer.has_header("HX-Retarget") is bool(headers)


@pytest.mark.parametrize("trouble", [busy, limited, "form"])
def test_without_a_script_a_refused_message_comes_back_in_its_field(alice, opening, trouble):
    if trouble != "form":
        trouble(alice, opening)
    answer = say(alice, opening, DRAFT, client_id=str(uuid.uuid4()) if trouble != "form" else "no uuid")
    assert 400 <= answer.status_code < 500
    assert field(answer) == DRAFT
    assert "Hello from" in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    again = re.search(r'name="client_id" value="([^"]+)"', answer.content.decode())[1]
    Reply.objects.exclude(pk=opening.pk).update(state="done")
    assert uuid.UUID(again)


def field(answer):
    """What the visitor finds in a text field of the page."""
    found = re.search(r'<textarea(?![^>]*id="edit-)[^>]*>(.*?)</textarea>', answer.content.decode(), re.DOTALL)
    return unescape(found[1]).removeprefix("\n") if found else None


def test_an_over_long_message_comes_back_too(alice, opening):
    text = "word " * 10_000
    assert field(say(alice, opening, text)) == text


@pytest.mark.parametrize("how", ["signed out", "old form", "deleted chat", "closed chat"])
def test_without_a_script_no_refusal_loses_what_was_written(alice, opening, how):
    client = Client(enforce_csrf_checks=how == "old form")
    if how != "signed out":
        client.cookies = alice.client.cookies
    if how == "closed chat":
        closed(alice, opening)
    if how == "deleted chat":
        opening.session.delete()
    answer = client.post(url("say", opening), said(DRAFT))
    assert 400 <= answer.status_code < 500
    assert field(answer) == DRAFT


def test_a_message_is_stored_exactly(alice, opening):
    say(alice, opening, DRAFT)
    told = alice.client.get(url("transcript", opening)).json()["messages"]
    assert [message["text"] for message in told if message["role"] == "user"] == [DRAFT]


def test_a_key_that_is_refused_now_reads_but_does_not_write(db, sam):
    alice = visitor("alice")
    reply = conversation.start(user=alice.user, visit=alice.visit, code=sam.code, model="", now=timezone.now())
    store(reply, alice, "Hello.")
    session = alice.client.session
    session["visit"] = session["visit"] | {"can_chat": False}
    session.save()
    assert "Hello." in alice.client.get(url("session", reply)).content.decode()
    answer = say(alice, reply, DRAFT)
    assert (answer.status_code, answer["X-Error-Code"], field(answer)) == (409, "key_rejected", DRAFT)


def test_the_lab_goes_on_when_redis_is_away_and_keeps_the_draft(alice, opening, settings, tmp_path):
    settings.REDIS_URL = f"unix://{tmp_path}/nobody.sock"
    answer = say(alice, opening, DRAFT)
    assert (answer.status_code, field(answer)) == (503, DRAFT)
