"""Two versions side by side, over HTTP: for htmx in parts, and whole without a script."""

import re
import uuid
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assistants import lab
from chats import comparing
from chats.models import ChatSession, Comparison, Reply, SavedMessage
from tests.chats.conftest import make_assistant
from tests.chats.views.talk import HTMX, store

pytestmark = pytest.mark.django_db
MARKER = "Mumblecore"
TWO = {"left": "1", "right": "2"}


@pytest.fixture
def kit(alice):
    kit = make_assistant(name="Kit", creator=alice.user, visibility="private", prompt=f"You are Kit, {MARKER}.")
    kit.add_version(now=timezone.now(), initial_prompt=f"Be Kit, {MARKER}.", model="gpt-4.1-mini", max_tokens=300)
    return kit


@pytest.fixture
def message(alice, kit):
    return comparing.save(user=alice.user, visit=alice.visit, assistant=kit, text="Why <b>ice</b>?", now=timezone.now())


@pytest.fixture
def replies(alice, kit, message):
    """Both sides have answered."""
    alice.client.post(address(kit), TWO | {"run": "all"})
    found = list(Reply.objects.select_related("session__version", "turn").order_by("session__version__number"))
    for reply in found:
        store(reply, alice, f"Says **{reply.session.version.number}**.")
    return found


def address(kit, *place, query=""):
    return "/".join([f"/lab/{kit.code}/compare", *map(str, place), query])


def words(answer):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def mark(alice, kit, replies, better, **more):
    return alice.client.post(address(kit, "sides", replies[0].session_id, "mark"), {"better": better}, **more)


def test_what_a_run_costs_is_said_before_anything_is_sent(alice, kit, message, sent):
    page = words(alice.client.get(address(kit)))
    assert "2 replies, paid by your key" in page
    assert "Why <b>ice</b>?" in page
    comparing.save(user=alice.user, visit=alice.visit, assistant=kit, text="Why?", now=timezone.now())
    assert "4 replies, paid by your key Run all 2" in words(alice.client.get(address(kit)))
    assert sent == []


def test_a_message_is_kept_and_said_to_both(alice, kit, sent):
    answer = alice.client.post(address(kit, "messages", query="?left=1&right=2"), {"text": "Why?"})
    saved = SavedMessage.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"{address(kit)}?left=1&right=2#message-{saved.pk}")
    answer = alice.client.post(address(kit), TWO | {"run": str(saved.pk)})
    assert (answer.status_code, answer["Location"]) == (303, f"{address(kit)}?left=1&right=2#message-{saved.pk}")
    assert len(sent) == 2
    assert set(sent) == set(Reply.objects.values_list("pk", flat=True))


def test_both_replies_stand_beside_each_other_until_one_is_marked(alice, kit, message, replies):
    page = alice.client.get(address(kit)).content.decode()
    left, right = page.index("Says <strong>1</strong>"), page.index("Says <strong>2</strong>")
    assert left < right
    turned = alice.client.get(address(kit, query="?left=2&right=1")).content.decode()
    assert turned.index("Says <strong>2</strong>") < turned.index("Says <strong>1</strong>")
    assert "Version 1 is better" in page
    answer = mark(alice, kit, replies, replies[1].session_id)
    assert answer["Location"] == f"{address(kit)}?left=1&right=2#message-{message.id}"
    page = alice.client.get(answer["Location"]).content.decode()
    assert page.count("is-better") == 1
    assert "Version 1 better 0 Equal 0 Version 2 better 1" in words(alice.client.get(address(kit)))
    mark(alice, kit, replies, "")
    assert "Nothing marked yet" in words(alice.client.get(address(kit)))


def test_in_place_only_what_has_changed_comes(alice, kit, message):
    place = address(kit, query="?left=1&right=2")
    answer = alice.client.post(place, TWO | {"run": "all"}, headers=HTMX)
    part = answer.content.decode()
    assert "<html" not in part
    assert f'hx-target="#message-{message.id}"' in part
    assert part.count("hx-sse:connect") == 2
    assert 'hx-trigger="reopen"' in part  # compare.js opens a few at a time
    replies = list(Reply.objects.select_related("session", "turn"))
    for reply in replies:
        store(reply, alice, "Because.")
    ended = alice.client.get(address(kit, "sides", replies[0].session_id, query=""), headers=HTMX).content.decode()
    assert f'hx-target="#foot-{message.id}"' in ended
    assert "Version 1 is better" in ended
    marked = mark(alice, kit, replies, "equal", headers=HTMX).content.decode()
    assert 'hx-target="#tally"' in marked
    assert 'aria-pressed="true"' in marked


def test_another_pair_is_shown_as_a_page(alice, kit, message):
    answer = alice.client.post(address(kit, query="?left=1&right=2"), {"left": "2", "right": "1", "run": "all"}, headers=HTMX)
    assert answer["HX-Redirect"] == f"{address(kit)}?left=2&right=1#messages"
    answer = alice.client.post(address(kit), TWO | {"blind": "1", "run": ""})
    assert answer["Location"] == f"{address(kit)}?left=1&right=2&blind=1#messages"


def test_a_run_for_htmx_and_a_page_without_a_script_look_again(alice, kit, message):
    alice.client.post(address(kit), TWO | {"run": "all"})
    assert 'http-equiv="refresh"' in alice.client.get(address(kit)).content.decode()
    answer = alice.client.post(address(kit, "messages"), {"text": " "})
    assert 'http-equiv="refresh"' not in answer.content.decode()  # what was typed would go
    alice.client.post(address(kit, "stop"))
    assert 'http-equiv="refresh"' not in alice.client.get(address(kit)).content.decode()
    assert set(Reply.objects.values_list("state", flat=True)) == {"stopped"}


def test_blind_sides_have_no_names_until_one_is_marked(alice, kit, message):
    alice.client.post(address(kit), TWO | {"blind": "1", "run": "all"})
    replies = list(Reply.objects.select_related("session", "turn"))
    for reply in replies:
        store(reply, alice, "Because.")
    page = alice.client.get(address(kit, query="?left=1&right=2"))
    list_of = page.content.decode().partition('id="messages"')[2].partition("</ol>")[0]
    assert "A is better" in list_of
    assert not re.search("Version [12]|gpt-4.1-mini", list_of)
    mark(alice, kit, replies, "equal")
    assert "Version 1 is better" in words(alice.client.get(address(kit)))


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize(("text", "said"), [(" ", "nothing in the message"), ("é" * 40_000, "fit")])
def test_an_unfit_message_is_refused_and_stays_in_its_field(alice, kit, message, text, said, headers):
    for place in (("messages",), ("messages", message.id)):
        answer = alice.client.post(address(kit, *place), {"text": text}, headers=headers)
        assert answer.status_code == 422
        field = re.search(r"<textarea[^>]*autofocus[^>]*>\n([^<]*)<", answer.content.decode())
        assert field[1] == text
        assert said in words(answer)
    assert SavedMessage.objects.count() == 1


def test_messages_are_changed_and_deleted(alice, kit, message):
    for headers, status in ((HTMX, 200), ({}, 303)):
        answer = alice.client.post(address(kit, "messages", message.id), {"text": f"How {status}?"}, headers=headers)
        assert answer.status_code == status
        assert f"How {status}?" in words(alice.client.get(address(kit)))
    answer = alice.client.post(address(kit, "messages", message.id), {"text": "x", "next": "delete"}, headers=HTMX)
    assert 'hx-swap="delete"' in answer.content.decode()
    assert not SavedMessage.objects.exists()


@pytest.mark.parametrize(
    ("left", "right", "said"), [("1", "1", "one and the same"), ("1", "9", "no such version"), ("1", "draft", "can’t be run")]
)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_no_pair_is_refused_beside_its_fields(alice, kit, message, sent, left, right, said, headers):
    lab.keep(kit, {"initial_prompt": ""}, now=timezone.now())
    answer = alice.client.post(address(kit), {"left": left, "right": right, "run": "all"}, headers=headers)
    assert answer.status_code == 422
    assert 'id="pair-error"' in answer.content.decode()
    assert said in words(answer)
    assert sent == []


def test_a_draft_is_compared_with_what_is_live(alice, kit, message, sent):
    lab.keep(kit, {"initial_prompt": "Say baa."}, now=timezone.now())
    page = words(alice.client.get(address(kit)))
    assert "The draft was not run as it is now" in page
    alice.client.post(address(kit), {"left": "2", "right": "draft", "run": "all"})
    assert [session.version.initial_prompt for session in ChatSession.objects.filter(version__number=None)] == ["Say baa."]
    assert "was not run" not in words(alice.client.get(address(kit)))
    lab.keep(kit, {"initial_prompt": "Say moo."}, now=timezone.now())
    assert "was not run" in words(alice.client.get(address(kit)))


def test_the_tally_of_a_draft_that_reads_otherwise_now_is_an_earlier_drafts(alice, kit, message, replies):
    mark(alice, kit, replies, "equal")
    lab.keep(kit, {"initial_prompt": "Say baa."}, now=timezone.now())
    alice.client.post(address(kit), {"left": "2", "right": "draft", "run": "all"})
    drafted = Reply.objects.filter(session__version__number=None).select_related("session", "turn").get()
    beside = Reply.objects.exclude(pk__in=[drafted.pk, *(reply.pk for reply in replies)]).select_related("session", "turn").get()
    for reply in (drafted, beside):
        store(reply, alice, "Baa.")
    mark(alice, kit, [drafted], drafted.session_id)
    assert "Version 2 and Draft Version 2 better 0 Equal 0 Draft better 1" in words(alice.client.get(address(kit)))
    lab.keep(kit, {"initial_prompt": "Say moo."}, now=timezone.now())
    assert "Version 2 and An earlier draft Version 2 better 0 Equal 0 An earlier draft better 1" in words(
        alice.client.get(address(kit))
    )


def test_an_address_with_no_such_version_shows_the_usual_pair(alice, kit):
    page = alice.client.get(address(kit, query="?left=77&right=draft")).content.decode()
    assert page.count("selected") == 2
    assert "Version 77" not in page


def test_what_is_tried_of_a_draft_by_either_page_is_one_version(alice, kit, message):
    lab.keep(kit, {"initial_prompt": "Say baa."}, now=timezone.now())
    alice.client.post(f"/lab/{kit.code}/trial/")
    alice.client.post(address(kit), {"left": "2", "right": "draft", "run": "all"})
    assert kit.versions.filter(number=None).count() == 1
    Reply.objects.update(state="done")
    assert "Test drive of" in alice.client.get(f"/lab/{kit.code}/trial/").content.decode()


def test_a_draft_that_is_thrown_away_takes_its_comparisons_along(alice, kit, message, replies):
    lab.keep(kit, {"initial_prompt": "Say baa."}, now=timezone.now())
    alice.client.post(address(kit), {"left": "2", "right": "draft", "run": "all"})
    alice.client.post(f"/lab/{kit.code}/discard/")
    assert not kit.versions.filter(number=None).exists()
    assert Comparison.objects.get().first.number == 1
    assert ChatSession.objects.count() == 2


def test_with_one_version_there_is_nothing_to_compare_yet(alice):
    only = make_assistant(name="Only", creator=alice.user)
    page = alice.client.get(address(only))
    assert "only one of it" in words(page)
    assert 'id="pair-form"' not in page.content.decode()


def test_a_model_that_the_key_lacks_is_said(alice, kit):
    kit.add_version(now=timezone.now(), initial_prompt="Be.", model="gpt-6-luna", max_tokens=300)
    page = words(alice.client.get(address(kit)))
    assert "Version 3 was made for gpt-6-luna , which your key can’t use here: gpt-4.1-mini answers for it" in page


def test_a_drafts_model_is_said_before_it_was_ever_run(alice, kit):
    kit.add_version(now=timezone.now(), initial_prompt="Be.", model="gpt-6-luna", max_tokens=300)
    lab.keep(kit, {"initial_prompt": "Be brief."}, now=timezone.now())
    assert "Draft was made for gpt-6-luna" in words(alice.client.get(address(kit)))


def test_a_side_is_shown_where_it_is_compared(alice, kit, message, replies):
    session = replies[0].session_id
    answer = alice.client.get(f"/chats/{session}/", follow=True)
    assert answer.redirect_chain[-1][0] == f"{address(kit)}?left=1&right=2#message-{message.id}"
    listed = "".join(alice.client.get(page).content.decode() for page in ("/chats/", "/lounge/", "/lab/"))
    assert str(session) not in listed


def test_who_deletes_all_chats_deletes_sides_too_but_only_listed_ones_are_counted(alice, kit, message, replies):
    comparing.mark(
        comparing.by_side(user=alice.user, visit=alice.visit, assistant=kit, session_id=replies[0].session_id), better="equal"
    )
    assert "There are none" in words(alice.client.get("/chats/delete/"))
    alice.client.post("/chats/delete/")
    assert not ChatSession.objects.exists()
    page = words(alice.client.get(address(kit)))
    assert "Equal 1" in page
    assert "Why <b>ice</b>?" in page


def test_a_side_is_not_regenerated_forked_or_rated(alice, kit, replies):
    page = alice.client.get(address(kit)).content.decode()
    for name in ("regenerate", "fork", "rate", "memory"):
        assert f"/{name}/" not in page
    assert 'data-copy="reply"' in page


def test_a_side_that_failed_is_tried_again_in_its_place(alice, kit, message, replies, sent):
    Reply.objects.filter(pk=replies[1].pk).update(state="failed", error_code="unavailable", sealed_text="")
    assert "There are no two replies" in words(alice.client.get(address(kit)))
    place = f"/chats/{replies[1].session_id}/replies/{replies[1].pk}/retry/"
    answer = alice.client.post(place, headers=HTMX)
    assert "#chat-model" not in answer.content.decode()
    assert len(sent) == 3
    assert mark(alice, kit, replies, "equal").status_code == 409


def test_who_can_not_chat_is_told_so_and_runs_nothing(alice, kit, message, sent):
    session = alice.client.session
    session["visit"] = session["visit"] | {"can_chat": False}
    session.save()
    page = alice.client.get(address(kit))
    assert "nothing can be run" in words(page)
    assert re.search(rf'id="run-{message.id}"\s+disabled', page.content.decode())
    assert alice.client.post(address(kit), TWO | {"run": "all"}).status_code == 409
    assert sent == []


def test_nobody_else_sees_or_does_anything(alice, bob, kit, message, replies):
    before = (SavedMessage.objects.count(), Comparison.objects.get().verdict)
    session = replies[0].session_id
    places = [
        (address(kit), TWO | {"run": "all"}),
        (address(kit, "stop"), {}),
        (address(kit, "messages"), {"text": "Mine"}),
        (address(kit, "messages", message.id), {"next": "delete"}),
        (address(kit, "sides", session, "mark"), {"better": "equal"}),
    ]
    for client, get, post in ((bob.client, 404, 404), (Client(), 302, 401)):
        for place in (address(kit), address(kit, "sides", session)):
            answer = client.get(place)
            assert answer.status_code == get
            assert not re.search(f"{MARKER}|Kit|Why", answer.content.decode())
        for place, fields in places:
            assert client.post(place, fields).status_code == post
    assert (SavedMessage.objects.count(), Comparison.objects.get().verdict) == before


def test_the_prompts_are_on_no_part(alice, kit, message, replies):
    for place in (address(kit), address(kit, "sides", replies[0].session_id)):
        for headers in ({}, HTMX):
            assert MARKER not in alice.client.get(place, headers=headers).content.decode()


def test_ids_of_others_are_not_found(alice, kit, message):
    for place in (address(kit, "messages", uuid.uuid4()), address(kit, "sides", uuid.uuid4(), "mark")):
        assert alice.client.post(place, {"text": "x"}).status_code == 404
    assert alice.client.post(address(kit), TWO | {"run": str(uuid.uuid4())}).status_code == 404


def test_a_page_costs_as_many_queries_with_ten_messages_as_with_one(alice, kit, message):
    counts = []
    for more in (0, 9):
        for n in range(more):
            comparing.save(user=alice.user, visit=alice.visit, assistant=kit, text=f"{n}", now=timezone.now())
        alice.client.post(address(kit), TWO | {"run": "all"})
        Reply.objects.update(state="done")
        with CaptureQueriesContext(connection) as queries:
            alice.client.get(address(kit))
        counts.append(len(queries))
    assert counts[0] == counts[1]
