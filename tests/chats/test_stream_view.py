"""The live reply over HTTP, through the ASGI application: who gets what, from where, and how it ends."""

import asyncio
import gc
import json
import uuid
from contextlib import asynccontextmanager
from importlib import import_module

import pytest
from django.conf import settings as project
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.urls import reverse
from django.utils import timezone

from chats import conversation, live
from chats.models import Reply
from chats.sealing import Vault
from chats.views import stream as view
from gptlab import event_log, redis_client, sse
from tests import event_stream
from tests.asgi import SECONDS, asked
from tests.cast import visitor
from tests.chats.conftest import make_assistant
from tests.line import Line

pytestmark = pytest.mark.django_db(transaction=True)

TEXT = "Once **upon** a time.\n\n- there\n- was\n"
SIGNED_OUT = json.dumps({"state": "signed_out"})
DONE = json.dumps({"state": "done"})


@pytest.fixture
def alice(transactional_db):
    return visitor("alice")


@pytest.fixture
def bob(transactional_db):
    return visitor("bob")


@pytest.fixture
def reply(alice):
    """Alice's opening reply, which a worker has just claimed."""
    made = conversation.start(
        user=alice.user, visit=alice.visit, code=make_assistant(name="Sam").code, model="", now=timezone.now()
    )
    Reply.objects.filter(pk=made.pk).update(state="running", fence=1)
    return made


@pytest.fixture
def hurry(monkeypatch):
    """Fifteen quiet seconds are over in a moment."""
    monkeypatch.setattr(view, "TICK", 0.01)
    monkeypatch.setattr(view, "LOOK", 0.03)


def url_of(reply, **more):
    return reverse("chats:stream", kwargs={"session_id": reply.session_id, "reply_id": reply.pk} | more)


def cookies_of(someone):
    return {name: morsel.value for name, morsel in someone.client.cookies.items()} if someone else {}


async def in_thread(call):
    def run():
        try:
            return call()
        finally:
            connections.close_all()

    return await asyncio.to_thread(run)


@asynccontextmanager
async def writing(reply, visitor):
    """The worker's outlet. On leaving the reply is done, in the database and in the log."""
    writer = live.Writer(redis_client.asynchronous())
    outlet = writer.open(reply_id=reply.pk, fence=1, data_key=visitor.visit.data_key)
    yield outlet
    await in_thread(lambda: store(reply, visitor))
    await outlet.close()
    writer.forget(outlet)


def store(reply, visitor, *, text=TEXT, state="done"):
    vault = Vault(user_id=visitor.user.pk, data_key=visitor.visit.data_key)
    sealed = vault.seal_reply(text, session_id=reply.session_id, turn=0, variant=1)
    Reply.objects.filter(pk=reply.pk).update(state=state, sealed_text=sealed, ended_at=timezone.now())


async def until(answer, condition):
    """The bubble and the decoder as soon as the condition holds."""
    bubble, decoder = event_stream.Bubble(), event_stream.Decoder()
    async with asyncio.timeout(SECONDS):
        async for chunk in answer.chunks():
            for message in decoder.feed(chunk):
                bubble.apply(message)
            if condition(bubble, decoder):
                break
    return bubble, decoder


def is_done(bubble, _decoder):
    return bool(bubble.done)


FROM_PAGE = {"HX-Request": "true"}
COMING_BACK = {"Last-Event-ID": "1-1"}


@pytest.mark.parametrize(
    ("who", "headers", "status", "end"),
    [
        ("alice", {}, 200, DONE),
        ("alice", FROM_PAGE, 200, DONE),
        ("alice", COMING_BACK, 200, DONE),
        ("bob", {}, 404, ""),
        ("bob", FROM_PAGE, 200, SIGNED_OUT),
        ("bob", COMING_BACK, 200, SIGNED_OUT),
        ("nobody", {}, 401, ""),
        ("nobody", FROM_PAGE, 200, SIGNED_OUT),
        ("nobody", COMING_BACK, 200, SIGNED_OUT),
    ],
)
async def test_who_gets_what(alice, bob, reply, who, headers, status, end):
    await in_thread(lambda: store(reply, alice))
    someone = {"alice": alice, "bob": bob, "nobody": None}[who]
    async with asked(url_of(reply), headers=headers, cookies=cookies_of(someone)) as answer:
        bubble = event_stream.Bubble()
        for message in event_stream.messages(await answer.whole()):
            bubble.apply(message)
    assert (answer.status, bubble.done) == (status, end)
    assert ("Once" in bubble.final) is (end == DONE)
    assert ("Sign in again" in bubble.parts.get("-status", "")) is (end == SIGNED_OUT)


@pytest.mark.parametrize("cookie", ["", "x", "A" * 43, "'; DROP TABLE", "é" * 43])
async def test_a_cookie_that_nobody_gave_out_is_nobody(reply, cookie):
    async with asked(url_of(reply), cookies={project.SESSION_COOKIE_NAME: cookie}) as answer:
        assert answer.status == 401


async def test_a_visit_of_staff_is_no_visit(reply):
    store_ = import_module(project.SESSION_ENGINE).SessionStore()
    store_["_auth_user_id"] = str(uuid.uuid4())
    await in_thread(store_.save)
    async with asked(url_of(reply), cookies={project.SESSION_COOKIE_NAME: store_.session_key}) as answer:
        assert answer.status == 401


@pytest.mark.parametrize("wrong", ["session_id", "reply_id"])
async def test_a_reply_of_another_session_or_of_nobody_is_not_found(alice, reply, wrong):
    async with asked(url_of(reply, **{wrong: uuid.uuid4()}), cookies=cookies_of(alice)) as answer:
        assert answer.status == 404


async def test_a_foreign_host_is_refused(alice, reply):
    async with asked(url_of(reply), headers={"host": "evil.example"}, cookies=cookies_of(alice)) as answer:
        assert answer.status == 400


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_a_stream_is_only_got(alice, reply, method):
    async with asked(url_of(reply), method=method, cookies=cookies_of(alice)) as answer:
        assert (answer.status, answer.headers["allow"]) == (405, "GET")


async def test_a_stream_is_cached_and_buffered_by_nobody(alice, reply):
    async with asked(url_of(reply), cookies=cookies_of(alice)) as answer:
        head = answer.headers
    assert head["content-type"] == "text/event-stream; charset=utf-8"
    assert (head["cache-control"], head["x-accel-buffering"], head["x-content-type-options"]) == ("no-store", "no", "nosniff")


async def test_text_shows_while_it_is_written_and_the_end_is_the_servers_render(alice, reply):
    async with writing(reply, alice) as outlet, asked(url_of(reply), cookies=cookies_of(alice)) as answer:
        outlet.status("writing")
        outlet.text("Once **upon** a time.")
        bubble, _ = await until(answer, lambda bubble, _: "upon" in bubble.text)
        assert "Writing" in bubble.parts["-status-text"]
        outlet.text("\n\n- there\n- was\n")
    async with asked(url_of(reply), cookies=cookies_of(alice)) as answer:
        bubble, _ = await until(answer, is_done)
    assert "<strong>upon</strong> a time." in bubble.final
    assert 'data-state="done"' in bubble.final
    page = await in_thread(lambda: alice.client.get(reverse("chats:session", args=[reply.session_id])))
    assert prose_of(bubble.final) == prose_of(page.content.decode())


def prose_of(markup):
    return markup.split('<div class="prose"')[1].split("</div>")[0]


async def test_every_position_replays_exactly_the_rest(alice, reply):
    pieces = [f"word{n}" + ("\n\n" if n % 4 == 3 else " ") for n in range(40)]  # some blocks close on the way
    async with asked(url_of(reply), cookies=cookies_of(alice)) as answer, writing(reply, alice) as outlet:
        for piece in pieces:
            outlet.text(piece)
            await asyncio.sleep(0.001)
        whole = []
        decoder = event_stream.Decoder()
        async for chunk in answer.chunks():
            whole += list(decoder.feed(chunk))
            if "word39" in "".join(message.data for message in whole):
                break
        for cut in range(1, len(whole)):
            bubble = event_stream.Bubble()
            for message in whole[:cut]:
                bubble.apply(message)
            headers = {"Last-Event-ID": whole[cut - 1].id} if whole[cut - 1].id else {}
            async with asked(url_of(reply), headers=headers, cookies=cookies_of(alice)) as again:
                async for chunk in again.chunks():
                    for message in event_stream.Decoder().feed(chunk):
                        bubble.apply(message)
                    if "word39" in bubble.text:
                        break
            assert bubble.text == "".join("".join(pieces).split())


@pytest.mark.parametrize(
    "value", [b"", b"-1", b"9999-9", b"9" * 8192, b"1\n2", b"1-1\0", b"\xff\xfe", b"1-1-1", b"99999999999999999999-1", b"1e3-1"]
)
async def test_a_last_event_id_that_is_none_starts_over_or_waits_for_the_end(alice, reply, hurry, value):
    async with (
        asked(url_of(reply), headers={"Last-Event-ID": value}, cookies=cookies_of(alice)) as answer,
        writing(reply, alice) as outlet,
    ):
        assert answer.status == 200
        outlet.text(TEXT)
        await asyncio.sleep(0.05)
    async with asked(url_of(reply), headers={"Last-Event-ID": value}, cookies=cookies_of(alice)) as answer:
        bubble, _ = await until(answer, is_done)
    assert (bubble.done, "Once" in bubble.final) == (DONE, True)


async def test_a_last_event_id_of_the_future_ends_with_the_reply(alice, reply, hurry):
    async with asked(url_of(reply), headers={"Last-Event-ID": "9999-9"}, cookies=cookies_of(alice)) as answer:
        async with writing(reply, alice) as outlet:
            outlet.text(TEXT)
        bubble, _ = await until(answer, is_done)
    assert (bubble.done, "Once" in bubble.final) == (DONE, True)


@pytest.mark.parametrize("state", ["done", "stopped", "failed", "interrupted"])
async def test_a_finished_reply_answers_with_its_end_at_once(alice, reply, state):
    await in_thread(lambda: store(reply, alice, state=state))
    async with asked(url_of(reply), headers={"Last-Event-ID": "1-7"}, cookies=cookies_of(alice)) as answer:
        bubble, _ = await until(answer, is_done)
    assert json.loads(bubble.done) == {"state": state}
    assert ("Once" in bubble.final, f'data-state="{state}"' in bubble.final) == (True, True)


async def test_a_reply_that_ended_unnoticed_ends_its_streams(alice, reply, hurry):
    """The log said nothing, Redis may have lost it: the database decides."""
    async with asked(url_of(reply), cookies=cookies_of(alice)) as answer:
        await in_thread(lambda: store(reply, alice, state="interrupted"))
        bubble, _ = await until(answer, is_done)
    assert json.loads(bubble.done) == {"state": "interrupted"}


async def test_the_stream_opened_fifty_times_is_the_same_fifty_times_and_holds_no_connection(alice, reply):
    async def one():
        async with asked(url_of(reply), cookies=cookies_of(alice)) as answer:
            opened.release()
            return (await until(answer, is_done))[0].final

    opened = asyncio.Semaphore(0)
    readers = [asyncio.create_task(one()) for _ in range(50)]
    async with asyncio.timeout(SECONDS):
        for _ in readers:
            await opened.acquire()
    held = open_databases()
    async with writing(reply, alice) as outlet:
        outlet.text(TEXT)
    finals = await asyncio.gather(*readers)
    assert held <= 1  # the test's own
    assert len({prose_of(final) for final in finals}) == 1
    assert event_log.shared_reader()._followers == {}


def open_databases():
    """Connections of all threads. (SQLite keeps files of closed ones open for a while, so those say nothing.)"""
    return sum(issubclass(type(found), BaseDatabaseWrapper) and found.connection is not None for found in gc.get_objects())


async def test_who_hangs_up_is_forgotten(alice, reply):
    async with asked(url_of(reply), cookies=cookies_of(alice)) as answer:
        await until(answer, lambda bubble, _: "-tail" in bubble.parts)
        async with asyncio.timeout(SECONDS):
            while not event_log.shared_reader()._followers:
                await asyncio.sleep(0.01)
    assert event_log.shared_reader()._followers == {}


async def test_a_quiet_stream_beats(alice, reply, hurry):
    async with asked(url_of(reply), cookies=cookies_of(alice)) as answer:
        _, decoder = await until(answer, lambda _, decoder: decoder.comments >= 3)
    assert decoder.comments >= 3


@pytest.mark.parametrize("busy", [False, True])
async def test_a_visit_that_ends_ends_its_streams(alice, reply, hurry, busy):
    async with writing(reply, alice) as outlet, asked(url_of(reply), cookies=cookies_of(alice)) as answer:
        outlet.text("secret ")
        await until(answer, lambda bubble, _: "secret" in bubble.text)
        await in_thread(lambda: alice.client.post(reverse("accounts:sign-out")))
        chatter = asyncio.create_task(chat_on(outlet)) if busy else None
        bubble, _ = await until(answer, is_done)
        if chatter:
            chatter.cancel()
    assert bubble.done == SIGNED_OUT
    assert "Sign in again" in bubble.parts["-status"]
    assert "Once" not in bubble.final


async def chat_on(outlet):
    while True:
        outlet.text("more ")
        await asyncio.sleep(0.002)


async def test_an_open_stream_keeps_nobody_signed_in(alice, reply, hurry, redis_server):
    names = redis_server.keys("visit:*")
    for name in names:
        redis_server.expire(name, 100)
    async with asked(url_of(reply), cookies=cookies_of(alice)) as answer:
        await until(answer, lambda _, decoder: decoder.comments >= 2)
    assert len(names) == 1
    assert all(redis_server.ttl(name) <= 100 for name in names)


async def test_streams_end_without_done_when_the_server_wants_to_exit(alice, reply, hurry):
    async with asked(url_of(reply), cookies=cookies_of(alice)) as answer:
        await until(answer, lambda bubble, _: "-tail" in bubble.parts)
        sse.stopping().set()
        raw = await answer.whole()
    assert "done" not in raw
    sse.stopping().clear()


async def test_redis_away_is_an_answer_that_is_tried_again_and_no_traceback(alice, reply, settings, caplog, tmp_path):
    settings.REDIS_URL = f"unix://{tmp_path}/nobody.sock"
    async with asked(url_of(reply), headers=COMING_BACK, cookies=cookies_of(alice)) as answer:
        assert answer.status == 503
    assert not [record for record in caplog.records if record.exc_info]


async def test_redis_away_in_the_middle_of_a_stream_ends_no_reader(alice, reply, hurry, settings, tmp_path, caplog):
    async with Line.between_sockets(tmp_path / "near.sock", project.DATA / "redis.sock") as line:
        settings.REDIS_URL = f"unix://{tmp_path}/near.sock?db=0"
        async with asked(url_of(reply), cookies=cookies_of(alice)) as answer, writing(reply, alice) as outlet:
            outlet.text("before ")
            await until(answer, lambda bubble, _: "before" in bubble.text)
            line.cut()
            await asyncio.sleep(0.3)
            line.mend()
            outlet.text("after ")
            await until(answer, lambda bubble, _: "after" in bubble.text)
        assert line.refused > 0
    assert not [record for record in caplog.records if record.exc_info]
