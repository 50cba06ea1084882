"""All of one's chats on a page, and the search in them."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from chats import conversation, finding
from tests.chats.conftest import make_assistant
from tests.chats.views.talk import HTMX, say, store, url

pytestmark = pytest.mark.django_db

LIST = "/chats/"


@pytest.fixture(autouse=True)
def time_enough(monkeypatch):
    monkeypatch.setattr(finding, "MOST_SECONDS", 60.0)


@pytest.fixture
def chats(alice, sam):
    """Three of alice's, oldest first."""
    found = []
    for number in range(3):
        reply = conversation.start(user=alice.user, visit=alice.visit, code=sam.code, model="", now=timezone.now())
        store(reply, alice, f"Welcome number {number}")
        found.append(reply)
    return found


def body(alice, headers=None, **query):
    return alice.client.get(LIST, query, headers=headers).content.decode()


def main_of(page):
    return page.partition("<main")[2]


def listed(page):
    return re.findall(r'class="row-link"\s+href="([^"?#]*)', main_of(page) or page)


def test_chats_are_listed_newest_first(alice, chats):
    assert listed(body(alice)) == [url("session", reply) for reply in reversed(chats)]


def test_chats_come_in_pages(alice, chats, monkeypatch):
    monkeypatch.setattr("chats.views.listing.PAGE_SIZE", 2)
    assert [len(listed(body(alice, page=page))) for page in ("1", "2", "99", "x", "-1")] == [2, 1, 1, 2, 2]
    assert "Page 1 of 2" in body(alice)


def test_the_chats_of_one_assistant_are_listed_alone(alice, chats):
    other = make_assistant(name="Other")
    reply = conversation.start(user=alice.user, visit=alice.visit, code=other.code, model="", now=timezone.now())
    assert listed(body(alice, assistant=other.code.lower())) == [url("session", reply)]
    assert "No chat with this one" in body(alice, assistant="NOBODY")
    assert len(listed(body(alice, assistant="\0"))) == 4


def test_somebody_without_chats_is_shown_the_way(bob):
    page = main_of(body(bob))
    assert "No chats yet" in page
    assert reverse("assistants:lounge") in page


def test_a_word_in_an_old_chat_is_found_with_its_place(alice, chats):
    say(alice, chats[0], "Where is the <leek>?")
    page = main_of(body(alice, q="leek"))
    assert "Where is the &lt;<mark>leek</mark>&gt;?" in page
    assert f"{url('session', chats[0])}?before=2#turn-1" in page
    assert "1 chat has it. That was all." in page


def test_what_is_not_found_says_so(alice, chats):
    assert "Nobody said “&lt;nowhere&gt;”." in body(alice, q="<nowhere>")


def test_a_search_goes_on_by_itself_and_by_a_link(alice, chats, monkeypatch):
    monkeypatch.setattr(finding, "MOST_HITS", 1)
    page = main_of(body(alice, q="number"))
    hits, further = listed(page), re.search(r'id="further-link"\s+href="([^"]*)"\s+hx-get="([^"]*)"', page)
    assert len(hits) == 1
    assert "Looked through 1 of 3 chats." in page
    while further:
        assert further[1] == further[2]
        part = alice.client.get(LIST + further[1].replace("&amp;", "&"), headers=HTMX).content.decode()
        assert "<html" not in part
        hits += listed(part)
        further = re.search(r'id="further-link"\s+href="([^"]*)"\s+hx-get="([^"]*)"', part)
    assert hits == [url("session", reply) for reply in reversed(chats)]
    assert "3 chats have it. That was all." in part


@pytest.mark.parametrize("after", ["", "x", "1.2.3", "9" * 5000, "\0"])
def test_an_odd_place_to_go_on_from_begins_anew(alice, chats, after):
    assert len(listed(body(alice, q="number", after=after))) == 3


@pytest.mark.parametrize("query", ["\0", " ", "x" * 10_000, "{{ 7*7 }}", "(", "\\", "\u202e", "é" * 200])
def test_an_odd_search_is_no_error(alice, chats, query):
    assert alice.client.get(LIST, {"q": query}).status_code == 200
