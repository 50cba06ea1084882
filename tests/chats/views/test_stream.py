"""The live reply over HTTP, through the ASGI application: who gets what, from where, and how it ends."""

import asyncio
import json
import uuid
from importlib import import_module

import pytest
from django.conf import settings as project
from django.urls import reverse

from chats.models import ChatSession, Turn
from chats.sealing import vault_of
from tests import event_stream
from tests.asgi import asked
from tests.chats.views.streaming import (
    COMING_BACK,
    DONE,
    FROM_PAGE,
    SIGNED_OUT,
    TEXT,
    cookies_of,
    in_thread,
    is_done,
    prose_of,
    store,
    until,
    url_of,
    writing,
)

pytestmark = pytest.mark.django_db(transaction=True)


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


async def test_every_position_replays_exactly_the_rest(alice, reply, monkeypatch):
    monkeypatch.setattr("gptlab.markdown.live.PERIOD", 0)  # many tails and closed blocks in a short time
    monkeypatch.setattr("gptlab.markdown.live.SHARE", 0)
    pieces = [f"word{n}" + ("\n\n" if n % 4 == 3 else " ") for n in range(40)]
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


async def test_what_moderation_finds_is_shown_at_the_message_while_the_reply_runs(alice, reply):
    def flag():
        sealed = vault_of(alice.visit).seal_flags("violence", session_id=reply.session_id, turn=0)
        Turn.objects.filter(session=reply.session_id).update(sealed_flags=sealed)

    async with writing(reply, alice) as outlet:
        await in_thread(flag)
        outlet.text("Hello")
        outlet.flagged()
        async with asked(url_of(reply), headers=FROM_PAGE, cookies=cookies_of(alice)) as answer:
            seen = b""
            async with asyncio.timeout(10):
                async for chunk in answer.chunks():
                    seen += chunk
                    if b"turn-0-flags" in seen:
                        break
    assert b'hx-target="#turn-0-flags"' in seen
    assert "under: violence" in seen.decode()


async def test_a_reply_whose_chat_was_deleted_ends_its_stream(alice, reply, hurry):
    async with asked(url_of(reply), headers=FROM_PAGE, cookies=cookies_of(alice)) as answer:
        await in_thread(lambda: ChatSession.objects.all().delete())
        bubble, _ = await until(answer, is_done)
    assert bubble.done == SIGNED_OUT
