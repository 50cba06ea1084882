"""A page of a chat: as much work whether the chat has fifty turns or two thousand."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chats import history
from chats.models import ChatSession, Turn
from chats.sealing import Vault
from gptlab import crypto
from tests.chats.conftest import NOW
from tests.fill_chat import write

pytestmark = pytest.mark.django_db


class CountingVault(Vault):
    """Knows how many texts it has opened."""

    def open_turn(self, *args, **more):
        self.opened += 1
        return super().open_turn(*args, **more)

    def open_reply(self, *args, **more):
        self.opened += 1
        return super().open_reply(*args, **more)


@pytest.fixture
def vault(alice):
    vault = CountingVault(user_id=alice.pk, data_key=crypto.random_key())
    vault.opened = 0
    return vault


def chat(alice, sam, vault, turns):
    """A chat whose first turn has number 0, like any other."""
    session = ChatSession.objects.create(user=alice, assistant=sam, version=sam.active_version, started_at=NOW, last_turn_at=NOW)
    write(session.pk, vault=vault, turns=turns)
    return session


def numbers(page):
    return [exchange.turn.number for exchange in page.exchanges]


@pytest.mark.parametrize("turns", [50, 300])
def test_a_page_costs_the_same_however_long_the_chat_is(alice, sam, vault, turns, django_assert_num_queries):
    session = chat(alice, sam, vault, turns)
    with django_assert_num_queries(2):
        page = history.page(session, vault=vault)
    assert vault.opened == 2 * history.TURNS
    assert numbers(page) == list(range(turns - history.TURNS, turns))
    assert page.has_older


def test_pages_end_where_the_one_before_begins_and_all_of_them_are_the_chat(alice, sam, vault):
    session = chat(alice, sam, vault, 100)
    found, before = [], None
    while True:
        page = history.page(session, vault=vault, before=before)
        found = numbers(page) + found
        if not page.has_older:
            break
        before = found[0]
    assert found == list(range(100))


def test_a_page_of_exactly_all_turns_has_none_before_it(alice, sam, vault):
    page = history.page(chat(alice, sam, vault, history.TURNS), vault=vault)
    assert (numbers(page), page.has_older) == (list(range(history.TURNS)), False)


def test_long_texts_make_a_shorter_page_but_never_an_empty_one(alice, sam, vault, monkeypatch):
    session = chat(alice, sam, vault, 20)
    monkeypatch.setattr(history, "CHARACTERS", 1000)
    page = history.page(session, vault=vault)
    assert 1 < len(page.exchanges) < 6
    assert page.has_older
    monkeypatch.setattr(history, "CHARACTERS", 1)
    assert numbers(history.page(session, vault=vault)) == [19]


def test_what_an_edit_replaced_is_on_no_page(alice, sam, vault):
    session = chat(alice, sam, vault, 10)
    Turn.objects.filter(session=session, number__in=[0, 8]).update(superseded=True)
    page = history.page(session, vault=vault)
    assert (numbers(page), page.has_older) == ([1, 2, 3, 4, 5, 6, 7, 9], False)


def test_the_day_is_told_at_the_beginning_and_after_a_long_silence(alice, sam, vault):
    session = chat(alice, sam, vault, 40)
    Turn.objects.filter(session=session, number__lt=20).update(created_at=timezone.now() - timedelta(days=2))
    first = history.page(session, vault=vault, before=10)
    last = history.page(session, vault=vault)
    told = [exchange.turn.number for exchange in (*first.exchanges, *last.exchanges) if exchange.after_pause]
    assert told == [0, 20]


def test_a_page_that_begins_in_the_middle_tells_no_day(alice, sam, vault):
    page = history.page(chat(alice, sam, vault, 40), vault=vault)
    assert numbers(page)[0] == 10
    assert not page.exchanges[0].after_pause


@pytest.mark.parametrize(("silence", "is_told"), [(timedelta(hours=5), False), (timedelta(hours=7), True)])
def test_a_turn_that_has_just_come_tells_the_day_after_a_silence(alice, sam, vault, silence, is_told):
    session = chat(alice, sam, vault, 3)
    turn = Turn.objects.get(session=session, number=2)
    Turn.objects.filter(session=session, number=1).update(created_at=turn.created_at - silence)
    exchange = history.latest(turn, turn.replies.get(), vault=vault)
    assert (exchange.turn.text, exchange.after_pause) == ("Message 2", is_told)
