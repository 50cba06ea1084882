"""What is done to a chat as a whole, over HTTP."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from assistants.models import Assistant
from chats import naming, tasks
from chats.models import ChatSession, Reply
from chats.sealing import vault_of
from tests.chats.views.talk import HTMX, say, store, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(monkeypatch):
    """Recaps that went to the broker."""
    found = []
    monkeypatch.setattr(tasks, "enqueue_recap", found.append)
    return found


@pytest.fixture
def long_enough(alice, opening):
    for number in (1, 2, 3):
        say(alice, opening, f"message {number}")
        store(Reply.objects.select_related("turn").get(turn__number=number), alice, f"reply {number}")
    return opening


def page(alice, reply):
    return alice.client.get(url("session", reply)).content.decode()


def recapped(alice, reply, text="We talked about **ice**."):
    session = ChatSession.objects.get()
    sealed = vault_of(alice.visit).seal_recap(text, session_id=session.pk) if text else ""
    state = "done" if text else "failed"
    ChatSession.objects.update(sealed_recap=sealed, recap_state=state)


def test_concluding_is_offered_after_more_than_five_messages(alice, opening, asked):
    address = f'action="{url("conclude", opening)}"'
    for number in (1, 2):
        say(alice, opening)
        store(Reply.objects.select_related("turn").get(turn__number=number), alice, "Yes")
    assert address not in page(alice, opening)
    say(alice, opening)
    store(Reply.objects.select_related("turn").get(turn__number=3), alice, "Yes")
    assert address in page(alice, opening)


def test_a_concluded_chat_shows_its_recap_when_it_is_written(alice, long_enough, asked):
    answer = alice.client.post(url("conclude", long_enough))
    assert (answer.status_code, answer["Location"]) == (303, url("session", long_enough) + "#recap")
    assert len(asked) == 1
    waiting = page(alice, long_enough)
    assert "is writing the recap" in waiting
    assert f'hx-get="{url("recap", long_enough)}"' in waiting
    assert '<noscript><meta http-equiv="refresh"' in waiting
    assert 'id="composer"' not in waiting
    recapped(alice, long_enough)
    part = alice.client.get(url("recap", long_enough), headers=HTMX).content.decode()
    assert "We talked about <strong>ice</strong>." in part
    assert "hx-get" not in part.partition(">")[0]
    assert "<noscript><meta" not in page(alice, long_enough)


def test_what_ends_a_chat_stands_at_its_end(alice, long_enough, asked):
    alice.client.post(url("conclude", long_enough))
    recapped(alice, long_enough)
    shown = page(alice, long_enough)
    for name in ("transcript", "transcript-csv", "transcript-md", "rate", "resume", "delete"):
        assert url(name, long_enough) in shown
    assert reverse("assistants:lounge") in shown.partition('id="recap"')[2]


def test_a_recap_that_failed_says_so_and_can_be_tried_again(alice, long_enough, asked):
    alice.client.post(url("conclude", long_enough))
    recapped(alice, long_enough, "")
    assert "could not be written" in page(alice, long_enough)
    alice.client.post(url("conclude", long_enough))
    assert len(asked) == 2


def test_a_recap_whose_worker_died_does_not_keep_one_waiting(alice, long_enough, asked):
    alice.client.post(url("conclude", long_enough))
    ChatSession.objects.update(recap_asked_at=timezone.now() - timedelta(minutes=5))
    assert "could not be written" in page(alice, long_enough)


def test_a_recap_is_rated(alice, long_enough, asked):
    alice.client.post(url("conclude", long_enough))
    part = alice.client.post(url("rate", long_enough), {"liked": "1"}, headers=HTMX).content.decode()
    assert ChatSession.objects.get().liked is True
    assert 'aria-pressed="true"' in part
    alice.client.post(url("rate", long_enough), {"liked": ""})
    assert ChatSession.objects.get().liked is None


def test_a_reopened_chat_takes_messages_again(alice, long_enough, asked):
    alice.client.post(url("conclude", long_enough))
    assert alice.client.post(url("resume", long_enough))["Location"] == url("session", long_enough) + "#latest"
    shown = page(alice, long_enough)
    assert 'id="composer"' in shown
    assert 'id="recap"' not in shown
    assert say(alice, long_enough, "One more").status_code == 303


def test_a_concluded_chat_refuses_a_message_and_keeps_it(alice, long_enough, asked):
    alice.client.post(url("conclude", long_enough))
    answer = say(alice, long_enough, "One more", HTMX)
    assert (answer.status_code, answer["X-Error-Code"]) == (409, "session_over")


def test_a_title_is_shown_wherever_the_chat_is_named(alice, opening):
    alice.client.post(url("rename", opening), {"title": "On <ice>"})
    for address in (url("session", opening), reverse("chats:list"), reverse("home"), url("delete", opening)):
        assert "On &lt;ice&gt;" in alice.client.get(address).content.decode()
    assert "<title>On &lt;ice&gt; · GPT Lab</title>" in page(alice, opening)


def test_a_new_name_comes_as_heading_title_and_field_and_among_the_recent_chats(alice, opening):
    part = alice.client.post(url("rename", opening), {"title": "Ice"}, headers=HTMX).content.decode()
    assert part.count("Ice") == 4
    assert '<hx-partial hx-target="#recent-title" hx-swap="innerHTML">Ice</hx-partial>' in part
    assert "<html" not in part
    assert page(alice, opening).count('id="recent-title"') == 1


def test_a_chat_that_is_called_like_its_assistant_says_below_what_that_is_for(alice, opening):
    Assistant.objects.update(tagline="Asks on")
    assert '<bdi id="chat-who">Asks on</bdi>' in page(alice, opening)
    part = alice.client.post(url("rename", opening), {"title": "Ice"}, headers=HTMX).content.decode()
    assert '<bdi id="chat-who">Sam</bdi>' in part
    assert '<bdi id="chat-who">Sam</bdi>' in page(alice, opening)
    assert "<bdi>Sam</bdi>" in alice.client.get(reverse("chats:list")).content.decode()


@pytest.mark.parametrize("title", ["", " ", "\0", "x" * 100_000, "{{ 7*7 }}", "\u202e"])
def test_an_odd_name_is_no_error(alice, opening, title):
    assert alice.client.post(url("rename", opening), {"title": title}).status_code == 303
    assert alice.client.get(url("session", opening)).status_code == 200


def test_a_heading_asks_for_a_title_that_is_being_made_and_not_for_ever(alice, opening):
    def ask(tries=0):
        return alice.client.get(url("title", opening), {"try": tries}, headers=HTMX).content.decode()

    assert "reply-ended" in ask()
    ChatSession.objects.update(title_asked_at=timezone.now())
    assert "load delay" in ask()
    assert "load delay" not in ask(4)
    sealed = vault_of(alice.visit).seal_title("Ice", session_id=opening.session_id)
    ChatSession.objects.update(sealed_title=sealed)
    assert naming.title_of(ChatSession.objects.get(), vault=vault_of(alice.visit)) == "Ice"
    assert "load delay" not in ask()


def test_a_chat_is_deleted_after_asking(alice, opening):
    asking = alice.client.get(url("delete", opening)).content.decode()
    assert "Delete this chat?" in asking
    assert ChatSession.objects.exists()
    answer = alice.client.post(url("delete", opening))
    assert (answer["Location"], ChatSession.objects.exists()) == (reverse("chats:list"), False)
    assert "The chat is deleted." in alice.client.get(answer["Location"]).content.decode()
    assert alice.client.get(url("session", opening)).status_code == 404
    assert say(alice, opening).status_code == 404


def test_all_chats_are_deleted_after_asking(alice, opening):
    assert "Your 1 chat goes for good" in alice.client.get(reverse("chats:delete-all")).content.decode()
    alice.client.post(reverse("chats:delete-all"))
    assert not ChatSession.objects.exists()
    assert "There are none." in alice.client.get(reverse("chats:delete-all")).content.decode()
