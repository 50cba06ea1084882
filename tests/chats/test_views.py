"""Pages and partials of the talk over HTTP: whose they are, what each answers with and without htmx, and no draft is lost."""

import re
import uuid
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chats import conversation, tasks
from chats.models import ChatSession, Reply
from chats.sealing import Vault
from tests.cast import visitor
from tests.chats.conftest import make_assistant

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/"}
DRAFT = 'Long and <carefully> "written" & half\n finished {{ 7*7 }}'


@pytest.fixture
def alice(db):
    return visitor("alice")


@pytest.fixture
def bob(db):
    return visitor("bob")


@pytest.fixture
def sam(db):
    return make_assistant(name="Sam")


@pytest.fixture(autouse=True)
def sent(monkeypatch):
    """Ids of the replies that went to the broker: no worker runs here."""
    ids = []
    monkeypatch.setattr(tasks, "enqueue", lambda reply: ids.append(reply.pk))
    return ids


@pytest.fixture
def opening(alice, sam):
    """Alice's chat, its opening reply done."""
    reply = conversation.start(user=alice.user, visit=alice.visit, code=sam.code, model="", now=timezone.now())
    store(reply, alice, "Hello from **Sam**.")
    return reply


def store(reply, someone, text, *, state="done", error_code=""):
    vault = Vault(user_id=someone.user.pk, data_key=someone.visit.data_key)
    sealed = vault.seal_reply(text, session_id=reply.session_id, turn=reply.turn.number, variant=reply.variant)
    Reply.objects.filter(pk=reply.pk).update(state=state, error_code=error_code, sealed_text=sealed, ended_at=timezone.now())


def url(name, reply):
    place = {"session_id": reply.session_id}
    return reverse(f"chats:{name}", kwargs=place | ({"reply_id": reply.pk} if name in ("stop", "retry") else {}))


def said(text="Why?", **more):
    return {"text": text, "client_id": str(uuid.uuid4())} | more


def say(someone, reply, text="Why?", headers=None, **more):
    return someone.client.post(url("say", reply), said(text, **more), headers=headers)


def test_a_start_leads_to_the_chat_and_sends_one_reply(alice, sam, sent):
    answer = alice.client.post(reverse("chats:start"), {"assistant": sam.code.lower()})
    session = ChatSession.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, reverse("chats:session", args=[session.pk]))
    assert sent == [session.replies.get().pk]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 404),
        ({"assistant": "NOBODY"}, 404),
        ({"assistant": "../" * 50}, 404),
        ({"model": "../gpt"}, 422),
        ({"model": "x" * 5000}, 422),
        ({"model": "\0"}, 422),
        ({"user_id": str(uuid.uuid4()), "is_staff": "1", "role": "system"}, 302),
    ],
)
def test_what_a_start_makes_of_odd_fields(alice, sam, fields, status):
    given = {"assistant": sam.code} | fields if fields and "assistant" not in fields else fields
    assert alice.client.post(reverse("chats:start"), given).status_code == status
    assert set(ChatSession.objects.values_list("user_id", flat=True)) <= {alice.user.pk}


PLAIN_TABLE = [
    ("get", "session", {"alice": 200, "bob": 404, "nobody": 302}),
    ("get", "transcript", {"alice": 200, "bob": 404, "nobody": 302}),
    ("post", "say", {"alice": 303, "bob": 404, "nobody": 401}),
    ("post", "retry", {"alice": 409, "bob": 404, "nobody": 401}),
    ("post", "stop", {"alice": 303, "bob": 404, "nobody": 401}),
]
HTMX_TABLE = [
    ("post", "say", {"alice": 200, "bob": 404, "nobody": 401}),
    ("post", "retry", {"alice": 409, "bob": 404, "nobody": 401}),
    ("post", "stop", {"alice": 204, "bob": 404, "nobody": 401}),
]


@pytest.mark.parametrize("who", ["alice", "bob", "nobody"])
@pytest.mark.parametrize(
    ("headers", "method", "name", "statuses"), [(None, *row) for row in PLAIN_TABLE] + [(HTMX, *row) for row in HTMX_TABLE]
)
def test_who_gets_what(alice, bob, opening, headers, method, name, statuses, who):
    client = {"alice": alice.client, "bob": bob.client, "nobody": Client()}[who]
    before = everything()
    answer = getattr(client, method)(url(name, opening), said() if name == "say" else {}, headers=headers)
    assert answer.status_code == statuses[who]
    if who != "alice":
        assert everything() == before
        assert b"Hello from" not in answer.content


def everything():
    return [list(rows.values_list()) for rows in (ChatSession.objects.order_by("pk"), Reply.objects.order_by("pk"))]


@pytest.mark.parametrize(("method", "name"), [(method, name) for method, name, _ in PLAIN_TABLE])
def test_a_foreign_chat_can_not_be_told_from_a_missing_one(alice, bob, opening, method, name):
    foreign = getattr(bob.client, method)(url(name, opening), said() if name == "say" else {})
    address = url(name, opening).replace(str(opening.session_id), str(uuid.uuid4()))
    missing = getattr(bob.client, method)(address, said() if name == "say" else {})
    assert (foreign.status_code, shown(foreign)) == (missing.status_code, shown(missing))


def shown(answer):
    """A page without its tokens."""
    return re.sub(
        r'(value|nonce|content)="[^"]*"|X-CSRFToken": "[^"]*"|X-CSRFToken&quot;: &quot;\w+', "", answer.content.decode()
    )


@pytest.mark.parametrize("name", ["retry", "stop"])
def test_a_reply_is_found_only_in_its_own_session(alice, sam, opening, name):
    other = conversation.start(user=alice.user, visit=alice.visit, code=sam.code, model="", now=timezone.now())
    mixed = reverse(f"chats:{name}", kwargs={"session_id": other.session_id, "reply_id": opening.pk})
    assert alice.client.post(mixed).status_code == 404


@pytest.mark.parametrize("name", ["session", "transcript"])
def test_who_is_signed_out_comes_back_after_signing_in(opening, name):
    answer = Client().get(url(name, opening))
    target = urlsplit(answer["Location"])
    assert (target.path, parse_qs(target.query)["next"]) == (reverse("accounts:sign-in"), [url(name, opening)])


@pytest.mark.parametrize("name", ["say", "retry", "stop"])
@pytest.mark.parametrize(
    ("headers", "place"),
    [
        ({"HX-Request": "true", "HX-Current-URL": "http://testserver{page}#latest"}, "{page}"),
        ({"Referer": "http://testserver{page}"}, "{page}"),
        ({"Referer": "http://evil.example{page}"}, "/"),
        ({"HX-Request": "true", "HX-Current-URL": "http://evil.example{page}"}, "/"),
        ({}, "/"),
    ],
)
def test_who_signs_in_again_comes_back_to_the_page(alice, opening, name, headers, place):
    """Not to the address that was posted to: that is no page."""
    page = url("session", opening)
    answer = Client().post(url(name, opening), said(), headers={key: value.format(page=page) for key, value in headers.items()})
    link = unescape(re.search(r'href="(/sign-in/\?next=[^"]*)"', answer.content.decode())[1])
    wanted = parse_qs(urlsplit(link).query)["next"][0].partition("#")[0]
    assert wanted == place.format(page=page)
    assert alice.client.get(wanted).status_code == 200


@pytest.mark.parametrize("name", ["start", "say", "retry", "stop"])
@pytest.mark.parametrize("method", ["get", "head", "put", "patch", "delete"])
def test_what_changes_something_is_only_posted(alice, opening, name, method):
    address = reverse("chats:start") if name == "start" else url(name, opening)
    assert getattr(alice.client, method)(address).status_code == 405


@pytest.mark.parametrize("name", ["session", "transcript"])
def test_what_shows_something_is_only_got(alice, opening, name):
    assert alice.client.post(url(name, opening)).status_code == 405


@pytest.mark.parametrize("name", ["start", "say", "retry", "stop"])
def test_without_the_forms_token_nothing_happens(alice, opening, name):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = alice.client.cookies
    address = reverse("chats:start") if name == "start" else url(name, opening)
    before = everything()
    answer = strict.post(address, said(assistant=opening.session.assistant.code))
    assert (answer.status_code, everything()) == (403, before)
    assert "out of date" in answer.content.decode()


@pytest.mark.parametrize("before", ["", "0", "1", "99999999", "-1", "x", "9" * 400, "٣", "²", "1.5"])
def test_an_odd_page_of_a_chat_is_no_error(alice, opening, before):
    assert alice.client.get(url("session", opening), {"before": before}).status_code == 200


def test_a_chat_shows_what_was_said_rendered(alice, opening):
    page = alice.client.get(url("session", opening)).content.decode()
    assert "Hello from <strong>Sam</strong>." in page
    assert 'data-state="done"' in page


def test_a_chat_is_in_no_cache(alice, opening):
    for name in ("session", "transcript"):
        assert alice.client.get(url(name, opening))["Cache-Control"] == "no-store"


def test_saying_something_shows_it_and_a_live_reply(alice, opening, sent):
    answer = say(alice, opening, "Is <b>this</b> text?", HTMX)
    reply = Reply.objects.get(turn__number=1)
    part = answer.content.decode()
    assert "<html" not in part
    assert "Is &lt;b&gt;this&lt;/b&gt; text?" in part
    assert f'id="reply-{reply.pk}"' in part
    assert f'hx-sse:connect="{reverse("chats:stream", args=[reply.session_id, reply.pk])}"' in part
    assert sent == [reply.pk]


def test_without_htmx_saying_something_leads_back_to_the_chat(alice, opening, sent):
    answer = say(alice, opening)
    assert (answer.status_code, answer["Location"]) == (303, url("session", opening) + "#latest")
    assert len(sent) == 1
    page = alice.client.get(url("session", opening)).content.decode()
    assert "Why?" in page
    assert '<noscript><meta http-equiv="refresh"' in page


def test_the_same_form_twice_is_one_turn_and_one_task(alice, opening, sent):
    form = said()
    for _ in range(2):
        answer = alice.client.post(url("say", opening), form, headers=HTMX)
        assert answer.status_code == 200
    assert (len(sent), Reply.objects.filter(turn__number=1).count()) == (1, 1)


REFUSALS = [
    ("", {}, 422, "unfit_message"),
    (" \u200b\n", {}, 422, "unfit_message"),
    ("x" * (32 * 1024 + 1), {}, 422, "unfit_message"),
    ("x" * 1_000_000, {}, 422, "unfit_message"),
    (DRAFT, {"client_id": "no uuid"}, 422, "invalid"),
    (DRAFT, {"client_id": ""}, 422, "invalid"),
]


@pytest.mark.parametrize(("text", "more", "status", "code"), REFUSALS)
def test_what_can_not_be_said_is_told_where_the_page_keeps_its_notices(alice, opening, sent, text, more, status, code):
    answer = say(alice, opening, text, HTMX, **more)
    assert (answer.status_code, answer["X-Error-Code"]) == (status, code)
    assert (answer["HX-Retarget"], answer["HX-Reswap"]) == ("#notice", "innerHTML")
    assert "data-notice" in answer.content.decode()
    assert "<html" not in answer.content.decode()
    assert sent == []


def busy(alice, opening):
    conversation.say(
        user=alice.user,
        visit=alice.visit,
        session_id=opening.session_id,
        text="x",
        client_id=str(uuid.uuid4()),
        now=timezone.now(),
    )


def closed(alice, opening):
    ChatSession.objects.update(status="completed")


def limited(alice, opening):
    from gptlab import rate_limits

    for _ in range(60):
        rate_limits.hit("say", key=str(alice.user.pk), limit="60/minute")


@pytest.mark.parametrize(
    ("trouble", "status", "code"), [(busy, 409, "busy"), (closed, 409, "session_over"), (limited, 429, "limited")]
)
@pytest.mark.parametrize("headers", [None, HTMX])
def test_a_message_that_comes_at_the_wrong_time_is_refused_with_a_reason(alice, opening, trouble, status, code, headers):
    trouble(alice, opening)
    answer = say(alice, opening, DRAFT, headers)
    assert (answer.status_code, answer["X-Error-Code"]) == (status, code)
    assert answer.has_header("Retry-After") is (status == 429)
    assert answer.has_header("HX-Retarget") is bool(headers)


@pytest.mark.parametrize("trouble", [busy, limited, "form"])
def test_without_a_script_a_refused_message_comes_back_in_its_field(alice, opening, trouble):
    if trouble != "form":
        trouble(alice, opening)
    answer = say(alice, opening, DRAFT, client_id=str(uuid.uuid4()) if trouble != "form" else "no uuid")
    assert 400 <= answer.status_code < 500
    assert field(answer) == DRAFT
    assert "Hello from" in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    again = re.search(r'name="client_id" value="([^"]+)"', answer.content.decode())[1]
    Reply.objects.exclude(pk=opening.pk).update(state="done")
    assert uuid.UUID(again)


def field(answer):
    """What the visitor finds in a text field of the page."""
    found = re.search(r"<textarea[^>]*>(.*?)</textarea>", answer.content.decode(), re.DOTALL)
    return unescape(found[1]).removeprefix("\n") if found else None


def test_an_over_long_message_comes_back_too(alice, opening):
    text = "word " * 10_000
    assert field(say(alice, opening, text)) == text


@pytest.mark.parametrize("how", ["signed out", "old form", "deleted chat", "closed chat"])
def test_without_a_script_no_refusal_loses_what_was_written(alice, opening, how):
    client = Client(enforce_csrf_checks=how == "old form")
    if how != "signed out":
        client.cookies = alice.client.cookies
    if how == "closed chat":
        closed(alice, opening)
    if how == "deleted chat":
        opening.session.delete()
    answer = client.post(url("say", opening), said(DRAFT))
    assert 400 <= answer.status_code < 500
    assert field(answer) == DRAFT


def test_a_message_is_stored_exactly(alice, opening):
    say(alice, opening, DRAFT)
    told = alice.client.get(url("transcript", opening)).json()["messages"]
    assert [message["text"] for message in told if message["role"] == "user"] == [DRAFT]


def test_a_retry_takes_the_old_replys_place_and_reuses_the_message(alice, opening, sent):
    say(alice, opening)
    old = Reply.objects.get(turn__number=1)
    store(old, alice, "half", state="interrupted", error_code="interrupted")
    page = alice.client.get(url("session", opening)).content.decode()
    assert "Try again" in page
    assert "half" in page
    answer = alice.client.post(url("retry", old), headers=HTMX)
    new = Reply.objects.get(turn__number=1, chosen=True)
    assert (answer.status_code, sent[-1]) == (200, new.pk)
    assert f'id="reply-{new.pk}"' in answer.content.decode()
    assert "Why?" not in answer.content.decode()  # only the reply: the message is on the page already
    assert ChatSession.objects.get().turn_count == 2


def test_without_htmx_a_retry_leads_back_to_the_chat(alice, opening):
    store(opening, alice, "", state="failed", error_code="server_error")
    answer = alice.client.post(url("retry", opening))
    assert (answer.status_code, answer["Location"]) == (303, url("session", opening) + "#latest")


def test_retrying_twice_says_why_not(alice, opening):
    store(opening, alice, "", state="failed", error_code="server_error")
    alice.client.post(url("retry", opening), headers=HTMX)
    answer = alice.client.post(url("retry", opening), headers=HTMX)
    assert (answer.status_code, answer["HX-Retarget"]) == (409, "#notice")


@pytest.mark.parametrize("times", [1, 2])
def test_a_stop_may_come_twice_and_after_the_end(alice, opening, times):
    say(alice, opening)
    reply = Reply.objects.get(turn__number=1)
    for target in (reply, opening):
        for _ in range(times):
            answer = alice.client.post(url("stop", target), headers=HTMX)
            assert (answer.status_code, answer.content) == (204, b"")
    assert set(Reply.objects.values_list("state", flat=True)) == {"done", "stopped"}


def test_a_stopped_reply_keeps_its_text_and_says_so(alice, opening):
    store(opening, alice, "as far as it got", state="stopped")
    page = alice.client.get(url("session", opening)).content.decode()
    assert "as far as it got" in page
    assert "Stopped by you" in page


def test_a_damaged_row_is_marked_in_its_place_and_the_rest_is_shown(alice, opening):
    say(alice, opening, "still readable")
    reply = Reply.objects.get(turn__number=1)
    store(reply, alice, "fine")
    Reply.objects.filter(pk=opening.pk).update(sealed_text=Reply.objects.get(pk=reply.pk).sealed_text)
    page = alice.client.get(url("session", opening)).content.decode()
    assert "damaged" in page
    assert "still readable" in page
    assert "fine" in page
    told = alice.client.get(url("transcript", opening)).json()["messages"]
    assert [message.get("damaged", False) for message in told] == [True, False, False]


def test_a_key_that_is_refused_now_reads_but_does_not_write(db, sam):
    alice = visitor("alice")
    reply = conversation.start(user=alice.user, visit=alice.visit, code=sam.code, model="", now=timezone.now())
    store(reply, alice, "Hello.")
    session = alice.client.session
    session["visit"] = session["visit"] | {"can_chat": False}
    session.save()
    assert "Hello." in alice.client.get(url("session", reply)).content.decode()
    answer = say(alice, reply, DRAFT)
    assert (answer.status_code, answer["X-Error-Code"], field(answer)) == (409, "key_rejected", DRAFT)


def test_an_assistants_page_shows_ones_own_past_chats_only(alice, bob, opening, sam):
    address = reverse("chats:assistant", args=[sam.code])
    link = url("session", opening)
    assert link in alice.client.get(address).content.decode()
    assert link not in bob.client.get(address).content.decode()
    assert link not in Client().get(address).content.decode()


@pytest.mark.parametrize("code", ["X", "0" * 20, "é" * 20, "a" * 300])
def test_an_unknown_assistant_is_not_found(alice, code):
    assert alice.client.get(reverse("chats:assistant", args=[code])).status_code == 404


@pytest.mark.parametrize(("visibility", "status"), [("private", 404), ("unlisted", 200), ("listed", 200)])
def test_an_assistant_of_another_is_there_unless_it_is_private(alice, bob, visibility, status):
    hers = make_assistant(name="Hers", creator=alice.user, visibility=visibility)
    address = reverse("chats:assistant", args=[hers.code])
    assert alice.client.get(address).status_code == 200
    assert bob.client.get(address).status_code == status
    assert Client().get(address).status_code == status


def test_the_secret_prompt_is_on_no_page(alice, opening):
    opening.session.version.initial_prompt = "Mumblecore secret"
    opening.session.version.save()
    addresses = [
        url("session", opening),
        url("transcript", opening),
        reverse("chats:assistant", args=[opening.session.assistant.code]),
    ]
    for address in [*addresses, reverse("assistants:lounge"), reverse("home")]:
        assert "Mumblecore" not in alice.client.get(address).content.decode()


def test_the_lab_goes_on_when_redis_is_away_and_keeps_the_draft(alice, opening, settings, tmp_path):
    settings.REDIS_URL = f"unix://{tmp_path}/nobody.sock"
    answer = say(alice, opening, DRAFT)
    assert (answer.status_code, field(answer)) == (503, DRAFT)
