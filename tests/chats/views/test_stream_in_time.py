"""A stream's life: many at once, quiet ones, visits that end, a server that wants to exit, Redis away."""

import asyncio
import gc
import json

import pytest
from django.conf import settings as project
from django.db.backends.base.base import BaseDatabaseWrapper
from django.urls import reverse

from gptlab import event_log, sse
from tests.asgi import SECONDS, asked
from tests.chats.views.streaming import (
    COMING_BACK,
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
from tests.line import Line

pytestmark = pytest.mark.django_db(transaction=True)


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


async def test_a_reply_that_ended_unnoticed_ends_its_streams(alice, reply, hurry):
    """The log said nothing, Redis may have lost it: the database decides."""
    async with asked(url_of(reply), cookies=cookies_of(alice)) as answer:
        await in_thread(lambda: store(reply, alice, state="interrupted"))
        bubble, _ = await until(answer, is_done)
    assert json.loads(bubble.done) == {"state": "interrupted"}
