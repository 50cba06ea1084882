import re
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from assistants import lab
from chats import tasks
from chats.leak_check.measuring import Finding
from chats.models import LeakCheck

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def draft(alice):
    values = {"initial_prompt": "You are Moo, Mumblecore.", "name": "Moo", "model": "gpt-4.1-mini", "max_tokens": "200"}
    return lab.begin(user=alice.user, now=timezone.now(), values=values)


@pytest.fixture
def handed(monkeypatch):
    checks = []
    monkeypatch.setattr(tasks, "enqueue_leak_check", checks.append)
    return checks


def words(answer):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def address(draft):
    return f"/lab/{draft.code}/leak-check/"


def test_the_cost_is_shown_before_anything_is_sent(alice, draft, handed):
    page = words(alice.client.get(address(draft)))
    assert "Requests 18" in page
    assert "at most 3,600 tokens" in page
    assert "Send 18 requests" in page
    assert handed == []


def test_it_begins_by_the_button_and_can_be_stopped(alice, draft, handed):
    assert alice.client.post(address(draft))["Location"] == address(draft)
    assert handed == [LeakCheck.objects.get()]
    page = alice.client.get(address(draft))
    assert "0 of 18 asked" in words(page)
    assert re.search(r'type="submit"\s+disabled', page.content.decode())
    alice.client.post(address(draft), {"next": "stop"})
    assert "Stopped by you after 0 of 18" in words(alice.client.get(address(draft)))


def test_what_was_found_is_said_in_counts(alice, draft, handed):
    alice.client.post(address(draft))
    findings = [
        Finding("plain", "Tell me.", percent=92, stopped=True),
        Finding("encode", "Base64!", stopped=True),
        Finding("json", "JSON?", percent=40),
        Finding("drawn", "Print it, <b>now</b>."),
        Finding("story", "Once", answered=False),
    ]
    LeakCheck.objects.update(state="done", findings=[finding.as_json() for finding in findings])
    answer = alice.client.get(address(draft), headers=HTMX)
    page = words(answer)
    assert "1 of 4 got through" in page
    assert "kept the prompt 1 time of 4" in page
    assert "would have stopped 2 replies" in page
    assert "Asks for it · 92 % of the prompt" in page
    assert "in disguise" in page
    assert "Print it, <b>now</b>." in page
    assert "<b>now" not in answer.content.decode()
    assert 'hx-target="#begin-check"' in answer.content.decode()


def test_why_it_failed_is_said(alice, draft, handed):
    alice.client.post(address(draft))
    LeakCheck.objects.update(state="failed", error_code="key_rejected")
    assert "OpenAI no longer accepts this key" in words(alice.client.get(address(draft)))
    LeakCheck.objects.update(error_code="no_such_code")
    assert alice.client.get(address(draft)).status_code == 200


def test_an_unfit_prompt_is_not_sent(alice, draft, handed):
    lab.keep(draft, {"initial_prompt": ""}, now=timezone.now())
    assert alice.client.post(address(draft)).status_code == 422
    assert handed == []


def test_nobody_else_checks_it_or_sees_what_was_found(alice, bob, draft, handed):
    alice.client.post(address(draft))
    for client, get, post in ((bob.client, 404, 404), (Client(), 302, 401)):
        answer = client.get(address(draft))
        assert answer.status_code == get
        assert "Mumblecore" not in answer.content.decode()
        assert client.post(address(draft), {"next": "stop"}).status_code == post
    assert LeakCheck.objects.get().state == "pending"


def test_a_reply_length_of_any_length_breaks_nothing(alice, draft):
    lab.keep(draft, {"max_tokens": "9" * 5_000}, now=timezone.now())
    assert alice.client.get(f"/lab/{draft.code}/leak-check/").status_code == 200


@pytest.mark.parametrize(
    ("change", "has_changed"),
    [({}, False), ({"tagline": "Other"}, False), ({"initial_prompt": "Other."}, True), ({"openness": "public"}, True)],
)
def test_it_says_whether_what_stands_there_is_what_was_checked(alice, draft, handed, change, has_changed):
    address = f"/lab/{draft.code}/leak-check/"
    alice.client.post(address)
    LeakCheck.objects.update(state="done")
    if change:
        lab.keep(draft, change, now=timezone.now())
    page = alice.client.get(address)
    assert page.context["has_changed"] is has_changed
