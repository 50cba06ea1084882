"""A long chat comes in pages: the newest with the chat, the older ones as one scrolls up, or over a plain link."""

import re
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assistants.models import Assistant
from chats import history
from chats.condensing import reading
from chats.models import ChatSession, Digest, Memory, Reply
from chats.replying import claiming
from chats.sealing import Vault, vault_of
from tests.chats.views.talk import HTMX, said, say, store, url
from tests.fill_chat import write

pytestmark = pytest.mark.django_db


@pytest.fixture
def page_of(alice, opening):
    """Alice's chat with so many turns, as text: its page, or what a page asks for."""

    def got(turns, headers=None, **query):
        write(opening.session_id, vault=Vault(user_id=alice.user.pk, data_key=alice.visit.data_key), turns=turns)
        return alice.client.get(url("session", opening), query, headers=headers).content.decode()

    return got


def numbers(page):
    return [int(number) for number in re.findall(r'id="turn-(\d+)"', page)]


@contextmanager
def steps_counted():
    """What SQLite does meanwhile, in hundreds of its steps: one query that reads more rows is more of them."""
    steps = [0]

    def step():
        steps[0] += 1

    connection.connection.set_progress_handler(step, 100)
    try:
        yield steps
    finally:
        connection.connection.set_progress_handler(None, 0)


def test_a_chat_opens_with_as_much_work_however_long_it_is(page_of):
    found = []
    for turns in (50, 1950):
        page_of(turns)
        with CaptureQueriesContext(connection) as queries, steps_counted() as steps:
            page = page_of(0)
        found.append((len(queries), len(numbers(page)), steps[0]))
    assert found[0][:2] == found[1][:2]
    assert found[0][1] == history.TURNS
    assert numbers(page)[-1] == 2000
    assert found[1][2] < 1.5 * found[0][2]


@pytest.mark.parametrize("kind", ["coaching", "brainstorming"])
def test_a_turn_is_as_much_work_however_long_its_chat_is(page_of, alice, opening, sent, kind):
    """What the web does for a message, and the worker to begin its reply and to look what of the chat it would condense."""
    Assistant.objects.update(session_type=kind)
    found = []
    for turns in (50, 1950):
        page_of(turns)
        before = ChatSession.objects.get()
        condensed_to(alice, before, before.turn_count - 8)
        seen = last_seen(before)
        with steps_counted() as steps:
            say(alice, opening, "And then?", HTMX, seen=seen)
            job = claiming.claim(sent[-1])
            session = ChatSession.objects.get()
            reading.read(session, vault=job.vault, budget=3_000, count=lambda message: 1)
            session.model_used_last()
            for name in ("memory", "title"):
                alice.client.get(url(name, opening), headers=HTMX)
        found.append(steps[0])
        store(Reply.objects.select_related("turn").get(pk=job.reply_id), alice, "Then it floats.")
    assert found[1] < 1.5 * found[0]


def last_seen(session):
    reply = Reply.objects.filter(session=session, chosen=True).select_related("turn").latest("turn__number")
    return f"{reply.turn.number}.{reply.pk}"


def condensed_to(alice, session, turn):
    Digest.objects.all().delete()
    notes = Digest(session=session, covers_to=turn, tokens_before=9, tokens_after=3, created_at=timezone.now())
    notes.sealed_summary = vault_of(alice.visit).seal_digest("Ice floats.", session_id=session.pk, digest_id=notes.pk)
    notes.save()
    memory = {"tokens": 900, "prompt_tokens": 60, "budget": 3_000, "since": turn, "begins": 2_000}
    Memory.objects.update_or_create(session=session, defaults=memory)


def test_a_chat_that_fits_on_one_page_has_no_link_to_more(page_of):
    assert "earlier-link" not in page_of(5)


def test_older_turns_come_alone_for_the_page_that_asks_and_whole_for_a_browser(page_of):
    page = page_of(70)
    before = numbers(page)[0]
    assert f"?before={before}#latest" in page
    part, whole = page_of(0, HTMX, before=before), page_of(0, before=before)
    assert "<html" not in part
    assert part.lstrip().startswith('<li class="earlier" id="earlier">')
    assert numbers(part) == numbers(whole) == list(range(before - history.TURNS, before))
    assert "These are earlier turns" in whole
    assert 'name="text"' not in whole


def test_the_oldest_page_has_no_link_to_more_and_the_way_back_has_all_turns(page_of):
    page_of(70)
    oldest = page_of(0, before=11)
    assert numbers(oldest) == list(range(1, 11))
    assert "earlier-link" not in oldest
    later = int(re.search(r"before=(\d+)#main", oldest)[1])
    assert numbers(page_of(0, before=later)) == list(range(11, 41))


def test_an_answer_that_depends_on_who_asks_says_so(alice, opening):
    assert "HX-Request" in alice.client.get(url("session", opening))["Vary"]


def test_a_page_that_waits_for_a_reply_without_a_script_has_no_field_to_lose(alice, opening):
    say(alice, opening)
    page = alice.client.get(url("session", opening)).content.decode()
    assert '<noscript><meta http-equiv="refresh" content="3; url=' in page
    assert '<form id="composer" class="waits"' in re.sub(r"\s+", " ", page)
    assert "Show the reply" in page


def test_a_page_that_has_a_draft_does_not_come_anew(alice, opening):
    say(alice, opening)
    page = alice.client.post(url("say", opening), said("half a draft")).content.decode()
    assert "half a draft" in page
    assert "http-equiv" not in page
    assert 'class="waits"' not in page
    assert not re.search(r"<button[^>]*\sdisabled", page)


@pytest.mark.parametrize(("seconds", "period"), [(0, 3), (60, 5), (600, 15)])
def test_the_longer_a_reply_takes_the_less_often_the_page_looks(alice, opening, seconds, period):
    say(alice, opening)
    Reply.objects.filter(turn__number=1).update(created_at=timezone.now() - timedelta(seconds=seconds))
    page = alice.client.get(url("session", opening)).content.decode()
    assert f'content="{period}; url=' in page


def test_the_text_of_a_reply_is_what_the_model_wrote(alice, opening):
    text = "Hello **you** <b>&\n\n| a |\n|---|\n"
    store(opening, alice, text)
    answer = alice.client.get(url("text", opening))
    assert (answer.content.decode(), answer["Content-Type"]) == (text, "text/plain; charset=utf-8")
    assert (answer["Cache-Control"], answer["X-Content-Type-Options"]) == ("no-store", "nosniff")


def test_a_damaged_reply_has_no_text(alice, opening):
    Reply.objects.filter(pk=opening.pk).update(sealed_text="gAAAA")
    assert alice.client.get(url("text", opening)).status_code == 404
