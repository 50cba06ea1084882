"""The model's memory on the page: the gauge, the line, the notes and what is done with them, with htmx and without."""

import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chats.models import Digest, Memory, Reply
from tests.asgi import asked
from tests.chats.conftest import make_assistant
from tests.chats.talking import say as say_something
from tests.chats.talking import start, vault_of
from tests.chats.views.streaming import cookies_of, in_thread
from tests.chats.views.talk import HTMX, store

pytestmark = pytest.mark.django_db
LINE = "Earlier messages are summarised for the model"


@pytest.fixture
def chat(alice):
    """With a coach: an opening, and five exchanges."""
    coach = make_assistant(name="Coach", session_type="coaching")
    reply = start(alice.user, alice.visit, coach)
    store(reply, alice, "Welcome.")
    for number in range(1, 6):
        store(say_something(alice.user, alice.visit, reply.session, f"mine {number}").reply, alice, f"theirs {number}")
    remember(reply.session)
    return reply.session


@pytest.fixture
def digest(alice, chat):
    return condense(alice, chat)


def remember(session, **values):
    known = {"tokens": 300, "prompt_tokens": 60, "budget": 1_000, "since": 0, "begins": 600} | values
    Memory.objects.update_or_create(session=session, defaults=known)


def condense(someone, session, **values):
    digest = Digest(id=uuid.uuid4(), session=session, model="gpt-4.1-mini", created_at=timezone.now())
    digest.sealed_summary = vault_of(someone.visit).seal_digest("They drink tea.", session_id=session.pk, digest_id=digest.pk)
    for name, value in ({"covers_to": 3, "tokens_before": 3_120, "tokens_after": 64} | values).items():
        setattr(digest, name, value)
    digest.save()
    return digest


def page(someone, session, query=""):
    return someone.client.get(reverse("chats:session", args=[session.pk]) + query).content.decode()


def post(someone, name, session, headers=None, **fields):
    return someone.client.post(reverse(f"chats:{name}", args=[session.pk]), fields, headers=headers)


def order(html, *words):
    places = [html.index(word) for word in words]
    return places == sorted(places)


def test_the_gauge_tells_how_full_the_memory_is_in_words_and_as_a_meter(alice, chat):
    html = page(alice, chat)
    assert re.search(r'<meter[^>]*value="30"', html)
    assert html.count("30 % full") == 2
    assert "Coach sees the whole chat." in html
    assert "condensed" not in html


def test_before_the_first_reply_nothing_is_measured(alice, sam):
    html = page(alice, start(alice.user, alice.visit, sam).session)
    assert "Measured after the first reply." in html
    assert "<meter" not in html


def test_the_line_stands_at_its_place_and_opens_to_the_notes(alice, chat, digest):
    html = page(alice, chat)
    assert order(html, "theirs 3", LINE, "They drink tea.", "3,120 → 64 tokens", "written by gpt-4.1-mini", "mine 4")
    assert "Turns 1–3 are condensed. Coach sees the notes and everything after them." in html
    assert html.count('id="condensed"') == 1


def test_the_line_is_above_the_message_that_took_the_place_of_an_edited_one(alice, chat, digest):
    chat.turns.filter(number=4).update(superseded=True)
    assert order(page(alice, chat), "theirs 3", LINE, "mine 5")


def test_a_page_of_earlier_turns_has_the_line_if_its_place_is_there(alice, chat, digest):
    assert LINE in page(alice, chat, "?before=5")
    assert LINE not in page(alice, chat, "?before=4")


def test_what_a_brainstorm_no_longer_sees_is_told_at_its_place(alice, chat):
    remember(chat, begins=None, since=3)
    html = page(alice, chat)
    assert order(html, "theirs 2", "Coach no longer sees the messages above", "mine 3")
    assert "Coach sees the last 20 messages." in html


def test_what_does_not_fit_any_more_is_told_at_its_place(alice, chat):
    remember(chat, since=4)
    html = page(alice, chat)
    assert order(html, "theirs 3", "Coach no longer sees the messages above", "mine 4")
    assert "as many of the last turns as fit" in html


def test_notes_that_do_not_open_are_marked_and_stop_nothing(alice, chat, digest):
    Digest.objects.update(sealed_summary="x")
    html = page(alice, chat)
    assert "These notes are damaged" in html
    assert "mine 5" in html


def test_turns_that_neither_the_notes_nor_the_request_have_are_told(alice, chat, digest):
    Digest.objects.update(covers_to=2)
    remember(chat, since=5)
    html = page(alice, chat)
    assert "Turns 1–2 are condensed. Turns 3–4 are left out at the moment." in html
    assert order(html, "theirs 4", "summarised for the model, or left out", "They drink tea.", "mine 5")
    assert LINE + "\n" not in html


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ({"since": 0}, "Coach sees the whole chat."),
        ({"since": None}, "Coach sees the whole chat."),
        ({"since": None, "tokens": 1_100}, "as many of the last turns as fit"),
        ({"since": 2}, "as many of the last turns as fit"),
    ],
)
def test_without_the_notes_it_is_told_whether_all_fits(alice, chat, digest, known, words):
    remember(chat, since=4)
    post(alice, "set-notes-aside", chat)
    assert Memory.objects.get().since is None
    remember(chat, **known)
    html = page(alice, chat)
    assert words in html
    assert order(html, "theirs 3", "set aside", "mine 4")


def test_choosing_another_reply_tells_of_the_memory_too(alice, chat, digest):
    old = chat.replies.get(turn__number=1)
    place = {"session": chat, "turn": old.turn, "variant": 2, "chosen": False, "state": "done"}
    other = Reply.objects.create(**place, sent_at=old.sent_at, created_at=old.created_at)
    html = alice.client.post(reverse("chats:choose", args=[chat.pk, other.pk]), headers=HTMX).content.decode()
    assert order(html, f'id="reply-{other.pk}"', 'hx-target="#memory"', 'hx-target="#condensed', "set aside")


def test_edited_notes_are_kept_and_shown(alice, chat, digest):
    answer = post(alice, "notes", chat, digest=digest.pk, notes="They drink <b>milk</b>.")
    assert (answer.status_code, answer["Location"]) == (303, f"/chats/{chat.pk}/#condensed")
    html = page(alice, chat)
    assert "They drink &lt;b&gt;milk&lt;/b&gt;." in html
    assert "edited by you" in html


def test_set_aside_and_taken_up_again(alice, chat, digest):
    assert post(alice, "set-notes-aside", chat).status_code == 303
    html = page(alice, chat)
    assert LINE not in html
    assert "Use the notes again" in html
    assert post(alice, "take-notes-up", chat).status_code == 303
    assert LINE in page(alice, chat)


@pytest.mark.parametrize("name", ["notes", "set-notes-aside", "take-notes-up"])
def test_htmx_gets_the_parts_that_change(alice, chat, digest, name):
    answer = post(alice, name, chat, headers=HTMX, digest=digest.pk, notes="They drink milk.")
    html = answer.content.decode()
    assert answer.status_code == 200
    targets = re.findall(r'hx-target="([^"]*)"', html)
    assert targets == ["#memory", "#memory-foot", "#condensed", "#turns &gt; #turn-4"]


@pytest.mark.parametrize(("notes", "status"), [("", 422), (" \u200b ", 422), ("x" * 20_000, 422)])
def test_notes_that_can_not_be_used_are_refused_with_the_reason_and_stay_in_the_field(alice, chat, digest, notes, status):
    answer = post(alice, "notes", chat, digest=digest.pk, notes=notes)
    assert answer.status_code == status
    assert "otes" in answer.content.decode()
    assert f"\n{notes[:100]}" in answer.content.decode()
    assert "open" in re.search(r'<details class="edit-notes"([^>]*)>', answer.content.decode())[1]
    assert post(alice, "notes", chat, headers=HTMX, digest=digest.pk, notes=notes)["HX-Retarget"] == "#notice"
    assert page(alice, chat).count("They drink tea.") == 2


def test_an_edit_of_notes_that_were_replaced_meanwhile_is_a_conflict_and_keeps_the_words(alice, chat, digest):
    answer = post(alice, "notes", chat, digest=uuid.uuid4(), notes="My words.")
    assert answer.status_code == 409
    assert "There are newer notes" in answer.content.decode()
    assert "\nMy words." in answer.content.decode()


def looking(alice, chat, looks="0"):
    return alice.client.get(reverse("chats:memory", args=[chat.pk]), {"looks": looks}, headers=HTMX).content.decode()


def test_the_page_looks_again_while_notes_are_being_made_and_no_longer(alice, chat, digest):
    assert "hx-get" not in looking(alice, chat)
    remember(chat, digest_job=uuid.uuid4(), digest_asked_at=timezone.now())
    assert 'looks=1" hx-trigger="load delay:2s"' in looking(alice, chat)
    assert 'looks=9" hx-trigger="load delay:10s"' in looking(alice, chat, "8")
    assert "hx-get" not in looking(alice, chat, "20")
    remember(chat, digest_job=None)
    assert "hx-get" not in looking(alice, chat)


def test_the_page_looks_again_when_notes_are_about_to_be_asked_for(alice, chat):
    remember(chat, tokens=700)
    assert "being condensed" in looking(alice, chat)
    remember(chat, tokens=700, quiet_until=6)
    assert "being condensed" not in looking(alice, chat)


@pytest.mark.parametrize("looks", ["", "-1", "x", "٣", "9" * 30, "\0"])
def test_any_number_of_looks_is_answered(alice, chat, looks):
    assert "Memory" in looking(alice, chat, looks)


@pytest.mark.django_db(transaction=True)
async def test_the_end_of_a_reply_fetches_the_memory_in_the_page_that_saw_it_only(alice, chat):
    address = reverse("chats:memory", args=[chat.pk])
    reply = await in_thread(lambda: chat.replies.get(turn__number=5))
    async with asked(reverse("chats:stream", args=[chat.pk, reply.pk]), cookies=cookies_of(alice)) as answer:
        assert f'hx-get="{address}"' in await answer.whole()
    assert address not in await in_thread(lambda: page(alice, chat))


TABLE = [
    ("get", "memory", {"alice": 303, "bob": 404, "nobody": 302}),
    ("post", "notes", {"alice": 303, "bob": 404, "nobody": 401}),
    ("post", "set-notes-aside", {"alice": 303, "bob": 404, "nobody": 401}),
    ("post", "take-notes-up", {"alice": 303, "bob": 404, "nobody": 401}),
]


@pytest.mark.parametrize("who", ["alice", "bob", "nobody"])
@pytest.mark.parametrize(("method", "name", "statuses"), TABLE)
def test_whose_notes_they_are(alice, bob, chat, digest, method, name, statuses, who):
    client = {"alice": alice.client, "bob": bob.client, "nobody": Client()}[who]
    before = list(Digest.objects.values())
    answer = getattr(client, method)(reverse(f"chats:{name}", args=[chat.pk]), {"notes": "Mine now", "digest": digest.pk})
    assert answer.status_code == statuses[who]
    if who != "alice":
        assert list(Digest.objects.values()) == before
        assert b"They drink tea" not in answer.content


@pytest.mark.parametrize("name", ["notes", "set-notes-aside", "take-notes-up"])
def test_notes_are_changed_by_a_form_with_its_token_only(alice, chat, digest, name):
    address = reverse(f"chats:{name}", args=[chat.pk])
    assert alice.client.get(address).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = alice.client.cookies
    assert strict.post(address, {"notes": "x", "digest": digest.pk}).status_code == 403
