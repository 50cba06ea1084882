"""An assistant's page: who it is, on which model one may talk to it, past chats, the beginning of a new one."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assistants import codes
from assistants.models import Assistant, Version
from chats import conversation
from chats.models import ChatSession
from chats.sealing import Vault
from chats.views import assistant as assistant_view
from chats.views.assistant import PAST_CHATS
from tests.cast import visitor
from tests.chats.conftest import make_assistant
from tests.chats.views.talk import say, store, url

pytestmark = pytest.mark.django_db


def page_of(assistant, **query):
    return reverse("chats:assistant", args=[assistant.code], query=query or None)


def words(answer):
    """What is on the page, as one reads it."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def talk(someone, assistant, *, turns, at=None):
    """A chat with so many turns, the opening among them, each with its reply."""
    reply = conversation.start(user=someone.user, visit=someone.visit, code=assistant.code, model="", now=timezone.now())
    store(reply, someone, "Hello")
    for _ in range(turns - 1):
        say(someone, reply)
        store(reply.session.replies.get(state="pending"), someone, "Because.")
    if at:
        ChatSession.objects.filter(pk=reply.session_id).update(started_at=at, last_turn_at=at)
    return reply


@pytest.mark.parametrize("who", ["alice", "nobody"])
def test_it_says_who_it_is_and_how_to_share_it(alice, sam, who):
    Assistant.objects.update(tagline="Asks on", description="Asks until you find it.", starters=["Why does ice float?"])
    client = alice.client if who == "alice" else Client()
    answer = client.get(page_of(sam))
    assert answer.status_code == 200
    for text in ("Sam", "Asks on", "Asks until you find it.", "From the house", "Why does ice float?"):
        assert text in words(answer)
    assert codes.grouped(sam.code) in words(answer)
    assert f"http://testserver{page_of(sam)}" in words(answer)


def test_who_is_signed_out_signs_in_there_and_stays(sam):
    html = Client().get(page_of(sam)).content.decode()
    assert 'name="api_key"' in html
    assert re.search(rf'name="next"\s+value="{page_of(sam)}"', html)
    assert reverse("chats:start") not in html


@pytest.mark.parametrize("path", ["assistant", "lounge", "lab", "code"])
def test_pages_answer_head(alice, sam, path):
    address = {"assistant": page_of(sam), "lounge": "/lounge/", "lab": "/lab/", "code": f"/assistants/?code={sam.code}"}[path]
    answer = alice.client.head(address)
    assert answer.status_code in (200, 302)
    assert answer.content == b""


@pytest.mark.parametrize("spell", [str.lower, codes.grouped, lambda code: f" {code} "])
def test_another_spelling_of_the_code_leads_to_the_right_address(sam, spell):
    answer = Client().get(reverse("chats:assistant", args=[spell(sam.code)]))
    assert (answer.status_code, answer["Location"]) == (302, page_of(sam))


@pytest.mark.parametrize("typed", ["NOPE", "0" * 20, "٧" * 20, "x" * 5000, "%00"])
def test_an_unknown_code_keeps_what_was_typed_and_offers_the_form_again(typed):
    answer = Client().get(f"/assistants/{typed}/")
    assert answer.status_code == 404
    assert answer["X-Error-Code"] == "unknown_assistant"
    assert "Nobody answers to this code" in words(answer)
    kept = re.search(r'name="code"\s+value="([^"]*)"', answer.content.decode())[1]
    assert unescape(kept) == ("\0" if typed == "%00" else typed[:60])


def test_a_retired_one_is_gone_and_ones_chats_with_it_are_not(alice, bob, sam):
    chat = talk(alice, sam, turns=2)
    Assistant.objects.update(is_active=False)
    answer = alice.client.get(page_of(sam))
    assert (answer.status_code, answer["X-Error-Code"]) == (410, "assistant_retired")
    assert "Sam is retired" in words(answer)
    assert url("session", chat) in answer.content.decode()
    assert alice.client.get(url("session", chat)).status_code == 200
    for client in (bob.client, Client()):
        assert client.get(page_of(sam)).status_code == 410
        assert url("session", chat) not in client.get(page_of(sam)).content.decode()


def test_one_that_is_not_set_up_says_so_and_its_maker_where_to_go(alice, bob):
    hers = make_assistant(name="Half Hal", creator=alice.user)
    Assistant.objects.update(active_version=None)
    for client, way in ((bob.client, "/lounge/"), (alice.client, "/lab/")):
        answer = client.get(page_of(hers))
        assert (answer.status_code, answer["X-Error-Code"]) == (409, "assistant_unfinished")
        assert "Half Hal is not set up yet" in words(answer)
        assert re.search(rf'class="btn btn-primary"\s+href="{way}"', answer.content.decode())


@pytest.mark.parametrize(
    ("change", "status"), [({"is_active": False}, 410), ({"active_version": None}, 409), ({"code": "0" * 20}, 404)]
)
def test_a_chat_that_can_not_begin_shows_the_page_that_says_why(alice, sam, change, status):
    Assistant.objects.update(**change)
    answer = alice.client.post(reverse("chats:start"), {"assistant": sam.code})
    assert answer.status_code == status
    assert not ChatSession.objects.exists()
    assert "Sam is" in words(answer) or "Nobody answers" in words(answer)


def test_a_starter_begins_a_chat_with_its_words(alice, sam, sent):
    Assistant.objects.update(starters=['Say "hi" & <b>why</b>'])
    html = alice.client.get(page_of(sam)).content.decode()
    value = unescape(re.search(r'name="starter"\s+value="([^"]*)"', html)[1])
    answer = alice.client.post(reverse("chats:start"), {"assistant": sam.code, "starter": value})
    assert answer.status_code == 302
    said = alice.client.get(f"{answer['Location']}transcript.json").json()["messages"][0]
    assert (said["role"], said["text"], said["turn"]) == ("user", 'Say "hi" & <b>why</b>', 0)
    assert len(sent) == 1
    assert "Say &quot;hi&quot; &amp; &lt;b&gt;why&lt;/b&gt;" in alice.client.get(answer["Location"]).content.decode()


def test_only_models_that_the_key_may_use_are_offered_and_the_assistants_own_is_preset(sam):
    carol = visitor("carol", models=("gpt-6-luna", "gpt-4.1-mini"))
    html = carol.client.get(page_of(sam)).content.decode()
    assert re.findall(r'<option value="([^"]*)"', html) == ["gpt-6-luna", "gpt-4.1-mini"]
    assert re.findall(r'<option value="([^"]*)"\s+selected', html) == ["gpt-4.1-mini"]
    assert "which your key can’t use here" not in html


def test_without_the_assistants_model_the_first_that_is_allowed_is_taken_and_it_is_said(sam):
    carol = visitor("carol", models=("gpt-6-luna", "gpt-4o"))
    answer = carol.client.get(page_of(sam))
    assert "Sam was made for gpt-4.1-mini , which your key can’t use here. It runs on gpt-6-luna instead" in words(answer)
    started = carol.client.post(reverse("chats:start"), {"assistant": sam.code})
    assert ChatSession.objects.get().replies.get().model == "gpt-6-luna"
    assert "gpt-6-luna" in words(carol.client.get(started["Location"]))


@pytest.mark.parametrize("model", ["gpt-9", "../x", "y" * 5000, "gpt-4.1-mini\0"])
def test_a_model_that_can_not_be_had_comes_back_with_the_reason_at_its_field(sam, model):
    carol = visitor("carol", models=("gpt-6-luna", "gpt-4.1-mini"))
    answer = carol.client.post(reverse("chats:start"), {"assistant": sam.code, "model": model})
    assert answer.status_code == 422
    assert "is not among the models that your key can use here" in words(answer)
    assert re.search(r'<select class="form-select is-invalid"[^>]*aria-invalid="true"', answer.content.decode())
    assert not ChatSession.objects.exists()


def test_who_starts_too_often_keeps_the_page_and_the_choice(sam):
    carol = visitor("carol", models=("gpt-6-luna", "gpt-4.1-mini"))
    asked = {"assistant": sam.code, "model": "gpt-6-luna"}
    statuses = [carol.client.post(reverse("chats:start"), asked).status_code for _ in range(31)]
    assert statuses == [302] * 30 + [429]
    answer = carol.client.post(reverse("chats:start"), asked)
    assert re.findall(r'<option value="([^"]*)"\s+selected', answer.content.decode()) == ["gpt-6-luna"]
    assert answer["Retry-After"]


def test_past_chats_are_those_with_more_than_two_messages(alice, sam):
    opened, talked = talk(alice, sam, turns=1), talk(alice, sam, turns=3)
    begun = conversation.start(user=alice.user, visit=alice.visit, code=sam.code, model="", text="Hi", now=timezone.now())
    store(begun, alice, "Hello yourself.")
    answered = talk(alice, sam, turns=1)
    say(alice, answered)
    answered.session.replies.filter(state="pending").update(state="failed", error_code="quota")
    answer = alice.client.get(page_of(sam))
    section = answer.content.decode().partition('id="past"')[2].partition("</section>")[0]
    assert re.findall(r'href="(/chats/[^"]*)"', section) == [url("session", talked)]
    assert url("session", opened) not in section
    assert "5 messages" in words(answer)
    assert "gpt-4.1-mini" in section


def test_many_past_chats_come_some_at_a_time_and_all_of_them_once(alice, sam):
    now = timezone.now()
    made = [url("session", talk(alice, sam, turns=2, at=now - timedelta(days=age))) for age in range(PAST_CHATS + 3)]
    shown, address = [], page_of(sam)
    while address:
        html = alice.client.get(address).content.decode().partition('id="past"')[2].partition("</section>")[0]
        shown += re.findall(r'href="(/chats/[^"]*)"', html)
        link = re.search(r'rel="next"\s+href="([^"#]*)', html)
        address = link and unescape(link[1])
    assert shown == made


def test_pages_of_past_chats_have_addresses_of_their_own_with_a_retired_assistant_too(alice, sam, monkeypatch):
    monkeypatch.setattr(assistant_view, "PAST_CHATS", 1)
    for _ in range(2):
        talk(alice, sam, turns=2)
    for is_active in (True, False):
        Assistant.objects.update(is_active=is_active)
        html = alice.client.get(page_of(sam)).content.decode().partition('id="past"')[2].partition("</section>")[0]
        assert re.search(rf'rel="next"\s+href="{page_of(sam)}\?past=2#past"', html)
        assert "hx-" not in html  # the browser goes there, so that Back comes back
        assert "2 to 2 of 2" in words(alice.client.get(page_of(sam, past=2)))


@pytest.mark.parametrize("number", ["0", "-1", "99", "x", "", "9" * 5000, "\0"])
def test_a_page_of_past_chats_that_is_not_there_becomes_one_that_is(alice, sam, number):
    chat = talk(alice, sam, turns=2)
    assert url("session", chat) in alice.client.get(page_of(sam, past=number)).content.decode()


def test_the_number_of_queries_does_not_grow_with_the_chats(alice, sam, django_assert_max_num_queries):
    for _round in range(2):
        talk(alice, sam, turns=3)
        with django_assert_max_num_queries(9):
            alice.client.get(page_of(sam))


@pytest.mark.parametrize("name", ["مساعد الدراسة الذكي", "👩‍🚀🤖", "W" * 30, "<b>x</b>", "{{ 7*7 }}"])
def test_any_name_is_shown_as_text(alice, name):
    named = make_assistant(name=name, starters=[name])
    for address in (page_of(named), reverse("assistants:lounge"), reverse("home")):
        answer = alice.client.get(address)
        assert name in unescape(answer.content.decode())
        assert "<b>x</b>" not in answer.content.decode()


def test_a_private_one_says_for_whom_its_code_is(alice):
    hers = make_assistant(name="Hers", creator=alice.user, visibility="private")
    assert "for you alone" in words(alice.client.get(page_of(hers)))
    assert "Yours" in words(alice.client.get(page_of(hers)))


def test_the_pages_of_versions_that_were_never_published_leak_nothing(alice, sam):
    Version.objects.create(assistant=sam, number=2, initial_prompt="Mumblecore", model="gpt-secret", created_at=timezone.now())
    assert "gpt-secret" not in alice.client.get(page_of(sam)).content.decode()


def test_a_past_chat_is_shown_by_its_title_where_it_has_one(alice, sam):
    titled, untitled = talk(alice, sam, turns=2), talk(alice, sam, turns=2)
    vault = Vault(user_id=alice.user.pk, data_key=alice.visit.data_key)
    sealed = vault.seal_title("Why <ice> floats", session_id=titled.session_id)
    ChatSession.objects.filter(pk=titled.session_id).update(sealed_title=sealed)
    html = alice.client.get(page_of(sam)).content.decode().partition('id="past"')[2]
    names = re.findall(r"<strong[^>]*>(.*?)</strong>", html, re.DOTALL)
    began = timezone.localtime(untitled.session.started_at)
    assert names[1] == "Why &lt;ice&gt; floats"
    assert re.fullmatch(rf'Chat of <time datetime="{re.escape(began.isoformat())}" data-show="when">[^<&]*</time>', names[0])
