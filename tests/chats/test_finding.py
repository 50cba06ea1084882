import itertools
import uuid

import pytest

from chats import conversation, finding
from chats.finding import Cursor, Words, find
from chats.models import ChatSession, Turn
from tests.chats.conftest import NOW, make_assistant, visit_of
from tests.chats.talking import answer, say, start, vault_of

pytestmark = pytest.mark.django_db


def chat(user, visit, assistant, *said, day=0, title=""):
    session = answer(visit, start(user, visit, assistant), "Welcome").session
    for text in said:
        answer(visit, say(user, visit, session, text).reply, f"You said {text}")
    if title:
        conversation.rename(user=user, visit=visit, session_id=session.pk, title=title)
    ChatSession.objects.filter(pk=session.pk).update(last_turn_at=NOW.replace(day=day or NOW.day))
    return session


def search(user, visit, query, *, clock=lambda: 0.0, **more):
    """With a clock that stands still: how busy the machine is decides nothing here."""
    return find(user=user, vault=vault_of(visit), words=Words(query), clock=clock, **more)


def all_hits(user, visit, query, **more):
    """Of the first answer and of all that go on from it, and how many there were."""
    hits, after = [], None
    for answers in itertools.count(1):
        found = search(user, visit, query, after=after, **more)
        hits += found.hits
        if found.cursor is None:
            return hits, answers
        after = Cursor.parse(str(found.cursor))
    return None


@pytest.fixture
def old_and_new(alice, visit, sam):
    return chat(alice, visit, sam, "Where is the leek?", "Thanks", day=1), chat(alice, visit, sam, "leeks and more", day=2)


def test_a_word_is_found_in_an_old_chat_with_its_place(alice, visit, old_and_new):
    old, _new = old_and_new
    (hit,) = search(alice, visit, "where LEEK").hits
    assert (hit.session, hit.turn) == (old, 1)
    assert ("Where", True) in hit.snippet
    assert ("leek", True) in hit.snippet
    assert "".join(piece for piece, _ in hit.snippet) == "You said Where is the leek?"


def test_newest_chats_come_first_once_each(alice, visit, old_and_new):
    assert [hit.session for hit in search(alice, visit, "leek").hits] == list(reversed(old_and_new))


def test_a_title_is_found_too(alice, visit, sam):
    session = chat(alice, visit, sam, "one", title="Three dinners")
    (hit,) = search(alice, visit, "dinner").hits
    assert (hit.session, hit.turn, hit.title) == (session, None, "Three dinners")


@pytest.mark.parametrize("query", ["nowhere", "leek nowhere", "%", "_", ".*", "' OR 1=1", "\0leek\0nowhere"])
def test_what_was_not_said_is_not_found(alice, visit, old_and_new, query):
    assert search(alice, visit, query).hits == []


LONG_AND_ODD = ["ÉCLAIR", "mid-sentence (brackets) [and] more", "👩‍👩‍👧 emoji", "x" * 5000 + " needle " + "y" * 5000]


@pytest.mark.parametrize("said", LONG_AND_ODD)
def test_whatever_was_said_is_found_as_it_was_said(alice, visit, sam, said):
    chat(alice, visit, sam, said)
    word = said.split()[-2] if "needle" in said else said.split()[0].lower()
    (hit,) = search(alice, visit, word).hits
    assert sum(len(piece) for piece, _ in hit.snippet) < 300


def test_nobody_finds_what_others_said(alice, bob, visit, old_and_new):
    found = search(bob, visit_of(bob), "leek")
    assert (found.hits, found.sessions) == ([], 0)


def test_what_an_edit_replaced_is_not_found(alice, visit, old_and_new):
    Turn.objects.filter(session=old_and_new[0], number=1).update(superseded=True)
    assert [hit.session for hit in search(alice, visit, "leek").hits] == [old_and_new[1]]


def test_one_assistants_chats_can_be_searched_alone(alice, visit, sam, old_and_new):
    other = chat(alice, visit, make_assistant(name="Other"), "leek")
    assert [hit.session for hit in search(alice, visit, "leek", assistant=other.assistant.code).hits] == [other]
    assert finding.assistants_of(alice) == [(other.assistant.code, "Other"), (sam.code, "Socratic Sam")]


def test_what_is_damaged_stops_nothing(alice, visit, old_and_new):
    Turn.objects.filter(session=old_and_new[1]).update(sealed_text="nothing")
    ChatSession.objects.update(sealed_title="nothing")
    assert len(search(alice, visit, "leek").hits) == 2  # the newer one's reply quotes it


@pytest.mark.parametrize("texts", [1, 2, 3, 5])
def test_a_search_that_was_cut_goes_on_where_it_stopped(alice, visit, sam, monkeypatch, texts):
    monkeypatch.setattr(finding, "MOST_TEXTS", texts)
    chats = [chat(alice, visit, sam, *(f"word {n}" for n in range(4)), day=day) for day in (3, 2, 2, 1)]
    assert all_hits(alice, visit, "nowhere")[0] == []
    for n in range(4):
        hits, answers = all_hits(alice, visit, f"word {n}")
        assert {hit.session for hit in hits} == set(chats)
        assert len(hits) == 4
    assert answers >= 1


def test_a_message_and_its_reply_are_looked_at_together(alice, visit, sam, monkeypatch):
    """The cut comes between turns: what the visitor said is not passed over."""
    monkeypatch.setattr(finding, "MOST_TEXTS", 1)
    session = chat(alice, visit, sam)
    for text in ("hidden", "b", "c"):
        answer(visit, say(alice, visit, session, text).reply, "fine")
    hits, _ = all_hits(alice, visit, "hidden")
    assert [hit.turn for hit in hits] == [1]


def test_an_answer_takes_no_longer_than_it_may(alice, visit, old_and_new):
    ticks = itertools.count(step=finding.MOST_SECONDS)
    found = search(alice, visit, "nowhere", clock=lambda: next(ticks))
    assert found.cursor is not None
    assert found.looked_through < found.sessions


def test_a_search_tells_how_far_it_is(alice, visit, sam, monkeypatch):
    monkeypatch.setattr(finding, "MOST_HITS", 1)
    for day in (1, 2, 3):
        chat(alice, visit, sam, "leek", day=day)
    first = search(alice, visit, "leek")
    second = search(alice, visit, "leek", after=first.cursor)
    third = search(alice, visit, "leek", after=second.cursor)
    assert [(found.looked_through, found.sessions) for found in (first, second, third)] == [(1, 3), (2, 3), (3, 3)]
    assert third.cursor is None


ID = uuid.UUID(int=7).hex


@pytest.mark.parametrize("text", ["", "x", "1.2.3", f"-1.{ID}.0", f"٣.{ID}.0", "9" * 5000, "1\n"])
def test_what_is_no_cursor_begins_anew(text):
    assert Cursor.parse(text) is None


def test_a_cursor_comes_back_as_it_was():
    cursor = Cursor(NOW.replace(microsecond=123456), uuid.uuid4(), 7)
    assert Cursor.parse(str(cursor)) == cursor
