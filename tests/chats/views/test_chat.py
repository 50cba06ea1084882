"""The chat over HTTP: start, say, retry, stop, and what its page shows."""

import uuid

import pytest
from django.urls import reverse

from chats.models import ChatSession, Reply
from tests.chats.views.talk import HTMX, said, say, store, url

pytestmark = pytest.mark.django_db


def test_a_start_leads_to_the_chat_and_sends_one_reply(alice, sam, sent):
    answer = alice.client.post(reverse("chats:start"), {"assistant": sam.code.lower()})
    session = ChatSession.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, reverse("chats:session", args=[session.pk]))
    assert sent == [session.replies.get().pk]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 404),
        ({"assistant": "NOBODY"}, 404),
        ({"assistant": "../" * 50}, 404),
        ({"model": "../gpt"}, 422),
        ({"model": "x" * 5000}, 422),
        ({"model": "\0"}, 422),
        ({"user_id": str(uuid.uuid4()), "is_staff": "1", "role": "system"}, 302),
    ],
)
def test_what_a_start_makes_of_odd_fields(alice, sam, fields, status):
    given = {"assistant": sam.code} | fields if fields and "assistant" not in fields else fields
    assert alice.client.post(reverse("chats:start"), given).status_code == status
    assert set(ChatSession.objects.values_list("user_id", flat=True)) <= {alice.user.pk}


@pytest.mark.parametrize("before", ["", "0", "1", "99999999", "-1", "x", "9" * 400, "٣", "²", "1.5"])
def test_an_odd_page_of_a_chat_is_no_error(alice, opening, before):
    assert alice.client.get(url("session", opening), {"before": before}).status_code == 200


def test_a_chat_shows_what_was_said_rendered(alice, opening):
    page = alice.client.get(url("session", opening)).content.decode()
    assert "Hello from <strong>Sam</strong>." in page
    assert 'data-state="done"' in page


def test_a_chat_is_in_no_cache(alice, opening):
    for name in ("session", "transcript"):
        assert alice.client.get(url(name, opening))["Cache-Control"] == "no-store"


def test_saying_something_shows_it_and_a_live_reply(alice, opening, sent):
    answer = say(alice, opening, "Is <b>this</b> text?", HTMX)
    reply = Reply.objects.get(turn__number=1)
    part = answer.content.decode()
    assert "<html" not in part
    assert "Is &lt;b&gt;this&lt;/b&gt; text?" in part
    assert f'id="reply-{reply.pk}"' in part
    assert f'hx-sse:connect="{reverse("chats:stream", args=[reply.session_id, reply.pk])}"' in part
    assert sent == [reply.pk]


def test_without_htmx_saying_something_leads_back_to_the_chat(alice, opening, sent):
    answer = say(alice, opening)
    assert (answer.status_code, answer["Location"]) == (303, url("session", opening) + "#latest")
    assert len(sent) == 1
    page = alice.client.get(url("session", opening)).content.decode()
    assert "Why?" in page
    assert '<noscript><meta http-equiv="refresh"' in page


def test_the_same_form_twice_is_one_turn_and_one_task(alice, opening, sent):
    form = said()
    for _ in range(2):
        answer = alice.client.post(url("say", opening), form, headers=HTMX)
        assert answer.status_code == 200
    assert (len(sent), Reply.objects.filter(turn__number=1).count()) == (1, 1)


def test_a_retry_takes_the_old_replys_place_and_reuses_the_message(alice, opening, sent):
    say(alice, opening)
    old = Reply.objects.get(turn__number=1)
    store(old, alice, "half", state="interrupted", error_code="interrupted")
    page = alice.client.get(url("session", opening)).content.decode()
    assert "Try again" in page
    assert "half" in page
    answer = alice.client.post(url("retry", old), headers=HTMX)
    new = Reply.objects.get(turn__number=1, chosen=True)
    assert (answer.status_code, sent[-1]) == (200, new.pk)
    assert f'id="reply-{new.pk}"' in answer.content.decode()
    assert f'hx-target="#chat-model" hx-swap="innerHTML">{new.model}</hx-partial>' in answer.content.decode()
    assert "Why?" not in answer.content.decode()  # only the reply: the message is on the page already
    assert ChatSession.objects.get().turn_count == 2


def test_without_htmx_a_retry_leads_back_to_the_chat(alice, opening):
    store(opening, alice, "", state="failed", error_code="server_error")
    answer = alice.client.post(url("retry", opening))
    assert (answer.status_code, answer["Location"]) == (303, url("session", opening) + "#latest")


def test_retrying_twice_shows_the_same_new_reply(alice, opening):
    store(opening, alice, "", state="failed", error_code="server_error")
    for _ in range(2):
        answer = alice.client.post(url("retry", opening), headers=HTMX)
        assert f'id="reply-{Reply.objects.get(variant=2).pk}"' in answer.content.decode()


def test_retrying_what_is_fine_says_why_not(alice, opening):
    answer = alice.client.post(url("retry", opening), headers=HTMX)
    assert (answer.status_code, answer["HX-Retarget"]) == (409, "#notice")


@pytest.mark.parametrize("times", [1, 2])
def test_a_stop_may_come_twice_and_after_the_end(alice, opening, times):
    say(alice, opening)
    reply = Reply.objects.get(turn__number=1)
    for target in (reply, opening):
        for _ in range(times):
            answer = alice.client.post(url("stop", target), headers=HTMX)
            assert (answer.status_code, answer.content) == (204, b"")
    assert set(Reply.objects.values_list("state", flat=True)) == {"done", "stopped"}


def test_a_stopped_reply_keeps_its_text_and_says_so(alice, opening):
    store(opening, alice, "as far as it got", state="stopped")
    page = alice.client.get(url("session", opening)).content.decode()
    assert "as far as it got" in page
    assert "Stopped by you" in page


def test_a_damaged_row_is_marked_in_its_place_and_the_rest_is_shown(alice, opening):
    say(alice, opening, "still readable")
    reply = Reply.objects.get(turn__number=1)
    store(reply, alice, "fine")
    Reply.objects.filter(pk=opening.pk).update(sealed_text=Reply.objects.get(pk=reply.pk).sealed_text)
    page = alice.client.get(url("session", opening)).content.decode()
    assert "damaged" in page
    assert "still readable" in page
    assert "fine" in page
    told = alice.client.get(url("transcript", opening)).json()["messages"]
    assert [message.get("damaged", False) for message in told] == [True, False, False]
