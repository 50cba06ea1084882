"""A page that is behind its chat: what a message sent from it brings along."""

import re

import pytest

from chats import history
from chats.models import Reply
from chats.views.catching_up import Seen
from tests.chats.views.talk import HTMX, said, say, store, url

pytestmark = pytest.mark.django_db


def turns_in(answer):
    return [int(number) for number in re.findall(r'<li class="turn-user" id="turn-(\d+)"', answer.content.decode())]


def last_seen(reply):
    return f"{reply.turn.number}.{reply.pk}"


def newest():
    return Reply.objects.select_related("turn").filter(chosen=True).latest("turn__number")


def went_on(alice, opening, text):
    """In another tab, to the end of the reply."""
    say(alice, opening, text, HTMX)
    store(newest(), alice, f"On {text}")


def test_a_message_from_a_page_that_is_behind_brings_the_turns_between(alice, opening):
    went_on(alice, opening, "one")
    went_on(alice, opening, "two")
    answer = say(alice, opening, "three", HTMX, seen=last_seen(opening))
    assert turns_in(answer) == [1, 2, 3]
    assert "On two" in answer.content.decode()


def test_a_page_that_is_up_to_date_gets_its_own_turn_alone(alice, opening):
    went_on(alice, opening, "one")
    for more in ({"seen": last_seen(newest())}, {}, {"seen": "nonsense"}):
        answer = say(alice, opening, "again", HTMX, **more)
        store(newest(), alice, "Well.")
        assert turns_in(answer) == [newest().turn.number]
        assert "hx-partial" not in answer.content.decode()


def test_a_refused_message_brings_what_is_being_written(alice, opening):
    say(alice, opening, "one", HTMX)
    answer = say(alice, opening, "two", HTMX, seen=last_seen(opening))
    part = answer.content.decode()
    assert (answer.status_code, answer["HX-Retarget"], turns_in(answer)) == (409, "#notice", [1])
    assert f'hx-sse:connect="{url("stream", newest())}"' in part
    assert "Reload" not in part
    assert "Reload" in say(alice, opening, "two", HTMX).content.decode()


def test_what_was_edited_elsewhere_goes_and_what_was_answered_anew_is_replaced(alice, opening):
    went_on(alice, opening, "one")
    shown = newest()
    alice.client.post(url("regenerate", opening), {"turn": 1}, headers=HTMX)
    answer = say(alice, opening, "two", HTMX, seen=last_seen(shown)).content.decode()
    assert f'hx-target="#reply-{shown.pk}" hx-swap="outerHTML"' in answer
    assert f'id="reply-{newest().pk}"' in answer
    store(newest(), alice, "Anew")
    alice.client.post(url("edit", opening), said("uno", turn=1), headers=HTMX)
    store(newest(), alice, "On uno")
    answer = say(alice, opening, "two", HTMX, seen=last_seen(shown))
    assert '<hx-partial hx-target="#turn-1" hx-swap="delete">' in answer.content.decode()
    assert turns_in(answer) == [2, 3]


def test_a_form_that_comes_twice_shows_its_turn_where_it_is_missing_alone(alice, opening):
    form = said("one", seen=last_seen(opening))
    assert turns_in(alice.client.post(url("say", opening), form, headers=HTMX)) == [1]
    assert turns_in(alice.client.post(url("say", opening), form, headers=HTMX)) == [1]
    shown = {"seen": last_seen(newest())}
    assert turns_in(alice.client.post(url("say", opening), form | shown, headers=HTMX)) == []


def test_a_page_that_is_far_behind_is_loaded_anew(alice, opening, monkeypatch):
    monkeypatch.setattr(history, "TURNS", 1)
    went_on(alice, opening, "one")
    answer = say(alice, opening, "two", HTMX, seen=last_seen(opening))
    assert (answer.status_code, answer["HX-Refresh"]) == (200, "true")
    refused = say(alice, opening, "three", HTMX, seen=last_seen(opening)).content.decode()
    assert "Reload" in refused
    assert "hx-partial" not in refused


@pytest.mark.parametrize("text", ["", "1", "1.", ".", "-1.x", "1.7f0c1d1e", "٣.7f0c1d1e-0d8a-4a54-9d2c-2f1f2c4f6a01"])
def test_what_is_no_place_is_none(text):
    assert Seen.parse(text) is None
