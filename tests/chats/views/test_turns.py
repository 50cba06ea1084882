"""What is done to a turn that is there already, over HTTP."""

import re
import uuid

import pytest
from django.urls import reverse

from assistants.models import Version
from chats import conversation
from chats.models import ChatSession, Reply, Turn
from tests.chats.views.talk import HTMX, say, store, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def first(alice, opening):
    """The reply to alice's first message, done."""
    say(alice, opening, "Why <b>?")
    reply = Reply.objects.select_related("turn", "session").get(turn__number=1)
    store(reply, alice, "Because.")
    return reply


@pytest.fixture
def better(alice, first):
    """A second version of it, done and chosen."""
    alice.client.post(url("regenerate", first), {"turn": "1"})
    reply = Reply.objects.select_related("turn", "session").get(variant=2)
    store(reply, alice, "Better.")
    return reply


def page(alice, reply):
    return alice.client.get(url("session", reply)).content.decode()


def post(alice, name, reply, headers=None, **fields):
    return alice.client.post(url(name, reply), fields, headers=headers)


def test_a_reply_written_anew_takes_its_place_on_the_page(alice, first, sent):
    answer = post(alice, "regenerate", first, HTMX, turn="1", client_id=str(uuid.uuid4()))
    new = Reply.objects.get(variant=2)
    assert (answer.status_code, sent[-1]) == (200, new.pk)
    assert f'id="reply-{new.pk}"' in answer.content.decode()
    assert f'hx-target="#chat-model" hx-swap="innerHTML">{new.model}</hx-partial>' in answer.content.decode()
    assert "Why" not in answer.content.decode()


def test_without_htmx_a_reply_written_anew_leads_back_to_the_chat(alice, first):
    answer = post(alice, "regenerate", first, turn="1")
    assert (answer.status_code, answer["Location"]) == (303, url("session", first) + "#latest")


def test_the_same_form_twice_is_one_variant_and_one_task(alice, first, sent):
    form = {"turn": "1", "client_id": str(uuid.uuid4())}
    count = len(sent)
    for _ in range(2):
        assert post(alice, "regenerate", first, HTMX, **form).status_code == 200
    assert (len(sent) - count, Reply.objects.filter(turn__number=1).count()) == (1, 2)


@pytest.mark.parametrize(("fields", "status"), [({"turn": "0"}, 409), ({"turn": "x"}, 409), ({}, 200), ({"client_id": "1"}, 422)])
def test_what_regenerating_makes_of_odd_fields(alice, first, fields, status):
    assert post(alice, "regenerate", first, HTMX, **fields).status_code == status


def test_versions_are_looked_through(alice, first, better):
    shown = page(alice, first)
    assert "2 of 2" in shown
    assert url("choose", first) in shown
    answer = post(alice, "choose", first, HTMX).content.decode()
    assert "1 of 2" in answer
    assert "Because." in answer
    assert url("choose", better) in answer
    assert "Because." in page(alice, first)


def test_without_htmx_choosing_leads_to_the_version(alice, first, better):
    answer = post(alice, "choose", first)
    assert (answer.status_code, answer["Location"]) == (303, f"{url('session', first)}#reply-{first.pk}")


def test_a_version_that_came_to_nothing_is_not_among_them(alice, first, better):
    store(better, alice, "", state="failed", error_code="server_error")
    Reply.objects.filter(pk=better.pk).update(sealed_text="")
    alice.client.post(url("choose", first))
    assert " of 2" not in page(alice, first)


def test_how_many_versions_there_are_costs_a_page_one_query(alice, first, better, django_assert_max_num_queries):
    with django_assert_max_num_queries(25):
        page(alice, first)
    say(alice, first, "More")
    store(Reply.objects.get(turn__number=2), alice, "Yes.")
    with django_assert_max_num_queries(25):
        page(alice, first)


def test_only_the_last_turn_offers_to_be_changed(alice, first):
    shown = page(alice, first)
    assert shown.count(f'action="{url("regenerate", first)}"') == 1
    assert shown.count(f'action="{url("edit", first)}"') == 1
    ChatSession.objects.update(status="completed")
    closed = page(alice, first)
    assert url("regenerate", first) not in closed
    assert url("edit", first) not in closed


def edit(alice, reply, text, headers=None, **more):
    return post(alice, "edit", reply, headers, **({"turn": "1", "text": text, "client_id": str(uuid.uuid4())} | more))


def test_an_edited_message_replaces_the_old_turn_on_the_page(alice, first, sent):
    answer = edit(alice, first, "Why not?", HTMX)
    part = answer.content.decode()
    new = Reply.objects.get(turn__number=2)
    assert sent[-1] == new.pk
    for gone in ("#turn-1", "#answer-1"):
        assert re.search(rf'<hx-partial hx-target="{gone}" hx-swap="delete">', part)
    assert 'id="turn-2"' in part
    assert f'id="reply-{new.pk}"' in part
    assert "Why &lt;b&gt;?" not in page(alice, first)


def test_without_htmx_an_edit_leads_back_to_the_chat(alice, first):
    assert edit(alice, first, "Why not?")["Location"] == url("session", first) + "#latest"


def test_without_htmx_a_refused_edit_comes_back_in_its_field(alice, first):
    answer = edit(alice, first, "word " * 10_000)
    shown = answer.content.decode()
    assert answer.status_code == 422
    field = re.search(r'<details class="edit[^>]* open>.*?<textarea[^>]*>(.*?)</textarea>', shown, re.DOTALL)
    assert field[1].strip() == ("word " * 10_000).strip()
    assert "Send it in parts" in shown


def test_with_htmx_a_refused_edit_says_so_where_notices_are(alice, first):
    answer = edit(alice, first, "  ", HTMX)
    assert (answer.status_code, answer["HX-Retarget"]) == (422, "#notice")


@pytest.mark.parametrize("turn", ["0", "99", "-1", "x", "", "9" * 400])
def test_what_can_not_be_edited_says_so(alice, first, turn):
    assert edit(alice, first, "Hm", HTMX, turn=turn).status_code == 409
    assert not Turn.objects.filter(superseded=True).exists()


def test_a_fork_leads_to_the_new_chat(alice, first):
    answer = post(alice, "fork", first, turn="1", client_id=str(uuid.uuid4()))
    copy = ChatSession.objects.exclude(pk=first.session_id).get()
    assert (answer.status_code, answer["Location"]) == (303, reverse("chats:session", args=[copy.pk]) + "#latest")
    shown = alice.client.get(reverse("chats:session", args=[copy.pk])).content.decode()
    assert "Because." in shown
    assert url("session", first) in shown  # whence it comes


def test_a_fork_from_a_message_opens_on_it(alice, first):
    answer = post(alice, "fork", first, turn="1", without_reply="1")
    shown = alice.client.get(answer["Location"]).content.decode()
    assert "Because." not in shown
    assert re.search(r'<details class="edit[^>]* open>.*?Why &lt;b&gt;\?', shown, re.DOTALL)


def test_a_fork_without_a_reply_shows_the_model_that_will_answer(alice, first):
    Version.objects.update(model="gpt-9-nobody-has-it")
    answer = post(alice, "fork", first, turn="1", without_reply="1")
    shown = alice.client.get(answer["Location"]).content.decode()
    assert "gpt-4.1-mini" in shown
    assert "gpt-9-nobody-has-it" not in shown


def test_a_second_tab_is_shown_the_way_to_what_the_first_has_done(alice, first):
    assert "Reload" in edit(alice, first, "Hm", HTMX, turn="0").content.decode()


def test_the_same_form_twice_is_one_fork(alice, first):
    form = {"turn": "1", "client_id": str(uuid.uuid4())}
    assert len({post(alice, "fork", first, **form)["Location"] for _ in range(2)}) == 1
    assert ChatSession.objects.count() == 2


@pytest.mark.parametrize(("turn", "status"), [("7", 409), ("x", 409), ("", 409)])
def test_a_fork_from_nowhere_says_so(alice, first, turn, status):
    assert post(alice, "fork", first, turn=turn).status_code == status


@pytest.mark.parametrize(("given", "kept"), [("1", True), ("0", False), ("", None), ("true", True), ("DOWN", False)])
def test_a_thumb_is_kept_and_shown(alice, first, given, kept):
    part = post(alice, "rate-reply", first, HTMX, liked=given).content.decode()
    assert Reply.objects.get(pk=first.pk).liked is kept
    assert part.count('aria-pressed="true"') == (kept is not None)
    assert 'value=""' in part or kept is None  # pressed again, it takes the rating back


@pytest.mark.parametrize("odd", ["2", "yes please", "\0", "-1"])
def test_an_odd_rating_is_refused(alice, first, odd):
    assert post(alice, "rate-reply", first, HTMX, liked=odd).status_code == 422
    assert post(alice, "rate", first, HTMX, liked=odd).status_code == 422


def test_a_live_reply_offers_nothing_of_all_this(alice, first):
    say(alice, first, "More")
    shown = page(alice, first)
    assert conversation.owned_session(user=alice.user, session_id=first.session_id).replies.live().exists()
    assert url("regenerate", first) not in shown
