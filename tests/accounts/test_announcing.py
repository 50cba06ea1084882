"""What everybody is told, and that nothing changes while the place is read only."""

import re
import uuid
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError
from django.db.backends.utils import CursorWrapper
from django.test import Client
from django.utils import timezone

from accounts import announcing
from accounts.models import Announcement, User
from tests.chats.conftest import make_assistant

from .conftest import ALICE_KEY, NOW

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/lounge/"}
SAY = f"/chats/{uuid.UUID(int=7)}/say/"


def announce(words: str = "We move on Sunday.", **fields: Any) -> Announcement:
    return Announcement.objects.create(words=words, **{"starts_at": timezone.now() - HOUR} | fields)


def said(client: Client, path: str = "/") -> list[str]:
    html = client.get(path).content.decode()
    aside = re.search(r'<aside class="announcements".*?</aside>', html, re.DOTALL)
    found = re.findall(r'<div dir="auto">(.*?)</div>', aside[0], re.DOTALL) if aside else []
    return [" ".join(unescape(each).split()) for each in found]


# What runs


def test_it_runs_from_its_start_to_its_end() -> None:
    announcement = announce(starts_at=NOW, ends_at=NOW + HOUR)
    second = timedelta(seconds=1)
    for now, runs in [(NOW - second, []), (NOW, [announcement]), (NOW + HOUR - second, [announcement]), (NOW + HOUR, [])]:
        assert announcing.running(now=now) == runs
        announcing.forget()


def test_one_to_come_begins_without_another_look() -> None:
    announcement = announce(starts_at=NOW + HOUR)
    assert announcing.running(now=NOW) == []
    assert announcing.running(now=NOW + HOUR) == [announcement]


def test_what_counts_most_comes_first() -> None:
    old = announce(starts_at=NOW - 3 * HOUR)
    new = announce(starts_at=NOW - HOUR)
    warning = announce(starts_at=NOW - 4 * HOUR, tone="warning")
    closing = announce(starts_at=NOW - 5 * HOUR, is_read_only=True)
    assert announcing.running(now=NOW) == [closing, warning, new, old]


def test_it_can_not_end_before_it_starts() -> None:
    with pytest.raises(IntegrityError):
        announce(starts_at=NOW, ends_at=NOW)


def test_a_process_looks_once_in_a_while(monkeypatch: Any, django_assert_num_queries: Any) -> None:
    seconds = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: seconds[0])
    announcing.forget()
    with django_assert_num_queries(1):
        for _ in range(20):
            announcing.running(now=NOW)
    seconds[0] += announcing.SECONDS
    with django_assert_num_queries(1):
        announcing.running(now=NOW)


def test_what_is_saved_or_deleted_here_shows_at_once(client: Client) -> None:
    announcement = announce()
    assert said(client) == ["We move on Sunday."]
    announcement.words = "We have moved."
    announcement.save()
    assert said(client) == ["We have moved."]
    Announcement.objects.all().delete()
    assert said(client) == []


def test_what_was_read_before_a_change_is_not_kept(monkeypatch: Any) -> None:
    class Rows:
        def not_over(self, *, now: datetime) -> list[Announcement]:
            announcing.forget()
            return []

    announcing.forget()
    monkeypatch.setattr(Announcement, "objects", Rows())
    assert announcing.running(now=NOW) == []
    assert announcing._kept is None


def test_a_database_that_is_away_is_not_needed_for_this(client: Client, monkeypatch: Any) -> None:
    def fail(*_args: Any, **_more: Any) -> None:
        raise OperationalError

    announcing.forget()
    monkeypatch.setattr(CursorWrapper, "execute", fail)
    assert client.get("/faq/").status_code == 200


# The banner


@pytest.mark.parametrize("path", ["/", "/lounge/", "/faq/", "/sign-in/", "/nowhere/"])
def test_it_is_on_every_page_for_everybody(client: Client, alice: Any, path: str) -> None:
    announce()
    assert said(client, path) == ["We move on Sunday."]
    if path != "/sign-in/":  # who is here is sent on from it
        assert said(alice.client, path) == ["We move on Sunday."]


def test_it_may_have_a_link_and_no_markup_of_its_own(client: Client) -> None:
    announce("**Read** [this](/faq/) <b>now</b> [that](javascript:x)")
    html = said(client)[0]
    assert html.startswith('<strong>Read</strong> <a href="/faq/"')
    assert "<b>now" not in client.get("/").content.decode()
    assert html.count("href=") == 1


def test_who_is_here_puts_it_away_for_the_visit(alice: Any, bob: Any) -> None:
    first, _second = announce(), announce("Another.", starts_at=NOW - 2 * HOUR)
    answer = alice.client.post(f"/announcements/{first.pk}/dismiss/", headers={"Referer": "http://testserver/lounge/?q=a"})
    assert (answer.status_code, answer["Location"]) == (302, "/lounge/?q=a")
    assert said(alice.client) == ["Another."]
    assert said(bob.client) == ["We move on Sunday.", "Another."]


def test_with_htmx_nothing_is_left_of_it(alice: Any) -> None:
    answer = alice.client.post(f"/announcements/{announce().pk}/dismiss/", headers=HTMX)
    assert (answer.status_code, answer.content) == (200, b"")


def test_who_is_not_here_can_not_put_it_away(client: Client) -> None:
    announcement = announce()
    assert f"/announcements/{announcement.pk}/dismiss/" not in client.get("/").content.decode()
    assert client.post(f"/announcements/{announcement.pk}/dismiss/").status_code == 401


# Read only


def test_read_only_can_not_be_put_away_and_says_until_when(alice: Any) -> None:
    first = announce("News.")
    alice.client.post(f"/announcements/{first.pk}/dismiss/")
    announce("We move.", is_read_only=True, ends_at=timezone.now() + timedelta(minutes=20))
    shown = said(alice.client)
    assert len(shown) == 2
    assert re.fullmatch(r"We move\. This lab can only be read for now\. .* You can go on in 20 min\.", shown[0])
    assert "/dismiss/" not in alice.client.get("/").content.decode()


def test_of_several_the_longest_says_until_when() -> None:
    for hours in (1, 3, 2):
        announce(is_read_only=True, starts_at=NOW, ends_at=NOW + hours * HOUR)
    closed = announcing.read_only(now=NOW)
    assert closed is not None
    assert closed.retry_after == 3 * 3600
    assert "at 15:00 UTC" in str(closed)
    announce(is_read_only=True, starts_at=NOW)
    assert "Try again later" in str(announcing.read_only(now=NOW))


@pytest.mark.parametrize("headers", [None, HTMX])
@pytest.mark.parametrize("path", [SAY, "/chats/start/", "/lab/new/", "/chats/delete/", "/chats/import/"])
def test_nothing_is_changed_meanwhile(alice: Any, path: str, headers: Any) -> None:
    announce(is_read_only=True, ends_at=timezone.now() + timedelta(minutes=20))
    answer = alice.client.post(path, {"assistant": make_assistant(name="Sam").code}, headers=headers)
    page = answer.content.decode()
    assert (answer.status_code, answer["X-Error-Code"]) == (503, "read_only")
    assert 19 * 60 < int(answer["Retry-After"]) <= 20 * 60
    assert "You can go on in 20 min." in page
    assert ("<html" in page) is (headers is None)
    assert headers is None or answer["HX-Retarget"] == "#notice"


@pytest.mark.parametrize("headers", [None, HTMX])
def test_what_was_written_is_kept(alice: Any, headers: Any) -> None:
    announce(is_read_only=True)
    page = alice.client.post(SAY, {"text": "Dear Sam, it is late."}, headers=headers).content.decode()
    assert "Not sent" in page
    assert ("What you wrote is kept here." if headers else "Dear Sam, it is late.</textarea>") in page


@pytest.mark.parametrize("path", ["/", "/lounge/", "/chats/", "/lab/", "/faq/", "/healthz"])
def test_everything_can_be_read(alice: Any, path: str) -> None:
    announce(is_read_only=True)
    assert alice.client.get(path).status_code == 200
    assert alice.client.head(path).status_code == 200


def test_one_can_come_and_go(client: Client) -> None:
    announce(is_read_only=True)
    assert client.post("/sign-in/", {"provider": "openai", "api_key": ALICE_KEY}).status_code == 302
    assert client.get("/").context["visit"] is not None
    assert client.post("/sign-out/").status_code == 302
    assert client.post("/sign-in/demo/").status_code == 302


def test_staff_end_it_in_the_admin() -> None:
    User.objects.create_superuser("root", "a long password of mine")
    announcement = announce(is_read_only=True)
    client = Client()
    assert client.post("/admin/login/", {"username": "root", "password": "a long password of mine"}).status_code == 302
    fields = {"words": "Over.", "tone": "info", "starts_at_0": "2026-11-01", "starts_at_1": "10:00:00"}
    ended = client.post(f"/admin/accounts/announcement/{announcement.pk}/change/", fields)
    assert ended.status_code == 302
    assert announcing.read_only(now=timezone.now()) is None
    listed = client.get("/admin/accounts/announcement/")
    assert "Over." in listed.content.decode()
    wrong = client.post("/admin/accounts/announcement/add/", fields | {"ends_at_0": "2026-10-01", "ends_at_1": "10:00:00"})
    assert "It must end after it starts." in wrong.content.decode()


def test_once_it_is_over_all_goes_on(alice: Any) -> None:
    announce(is_read_only=True, ends_at=timezone.now() - timedelta(seconds=1))
    assert alice.client.post("/lab/new/").status_code == 302
