"""A live reply's log when something goes wrong: Redis away, a writer that was passed, entries that are not in their place."""

import asyncio
import uuid

from django.conf import settings as project

from chats import live
from chats.live.entries import Entry, log_key, seal_entry, sealing_key
from gptlab import event_log, redis_client
from gptlab.event_log import Append, Position
from tests.chats.live_logs import KEY, a_writer, followed, opened, text_of, text_of_any
from tests.line import Line


async def test_redis_away_in_the_middle_loses_nothing(settings, tmp_path):
    async with Line.between_sockets(tmp_path / "near.sock", project.DATA / "redis.sock") as line:
        settings.REDIS_URL = f"unix://{tmp_path}/near.sock?db=0"
        reply_id, writer = uuid.uuid4(), a_writer()
        reading = asyncio.create_task(followed(reply_id))
        async with opened(writer, reply_id) as outlet:
            for n in range(90):
                if n == 30:
                    line.cut()
                if n == 60:
                    await asyncio.sleep(0.3)  # some tries fail
                    line.mend()
                outlet.text(f"{n} ")
                await asyncio.sleep(0.002)
            await outlet.close()
        assert text_of(await reading) == "".join(f"{n} " for n in range(90))
        assert line.refused > 0


async def test_a_server_that_comes_back_empty_gets_the_rest_and_the_end(settings, own_redis):
    settings.REDIS_URL = own_redis.url
    reply_id, writer = uuid.uuid4(), a_writer()
    reading = asyncio.create_task(followed(reply_id))
    async with opened(writer, reply_id) as outlet:
        outlet.text("before ")
        await followed(reply_id, until=text_of_any)
        own_redis.kill()
        outlet.text("during ")
        await asyncio.sleep(0.3)
        own_redis.start()
        outlet.text("after")
        await outlet.close()
    assert text_of(await reading) == "before during after"


async def test_a_writer_that_was_passed_is_told_and_leaves_no_trace():
    reply_id, zombie = uuid.uuid4(), a_writer()
    async with opened(zombie, reply_id, fence=1) as old, opened(a_writer(), reply_id, fence=2) as new:
        old.text("old ")
        await followed(reply_id, until=text_of_any)
        new.text("new")
        await followed(reply_id, until=lambda entries: len(entries) == 2)
        old.text("zombie")
        async with asyncio.timeout(5):
            while not old.is_passed:
                await asyncio.sleep(0.01)
        assert not new.is_passed
        await new.close()
    assert text_of(await followed(reply_id)) == "old new"


async def test_closing_from_outside_ends_followers_and_passes_the_writer():
    reply_id, writer = uuid.uuid4(), a_writer()
    async with opened(writer, reply_id) as outlet:
        outlet.text("so far")
        reading = asyncio.create_task(followed(reply_id))
        await followed(reply_id, until=text_of_any)
        await asyncio.to_thread(live.close_now, reply_id, fence=2)
        found = await reading
        outlet.text("too late")
        async with asyncio.timeout(5):
            while not outlet.is_passed:
                await asyncio.sleep(0.01)
    assert (text_of(found), found[-1][1].final) == ("so far", True)


async def test_an_entry_in_another_place_or_of_another_key_is_passed_over():
    reply_id, key = uuid.uuid4(), sealing_key(KEY, (other_id := uuid.uuid4()))
    right = sealing_key(KEY, reply_id)

    def item(sequence, text, *, key, sealed_for):
        sealed = seal_entry(Entry(text=text), key=key, position=Position(1, sealed_for))
        return Append(log_key(reply_id), Position(1, sequence), sealed)

    await event_log.append(
        redis_client.asynchronous(),
        [
            item(1, "right", key=right, sealed_for=1),
            item(2, "moved", key=right, sealed_for=1),
            item(3, "foreign", key=key, sealed_for=3),
            Append(log_key(reply_id), Position(1, 4), b"\x01garbage"),
            Append(log_key(reply_id), Position(1, 5), b""),
        ],
    )
    await asyncio.to_thread(live.close_now, reply_id, fence=2)
    assert text_of(await followed(reply_id)) == "right"
    assert other_id != reply_id


async def test_a_stop_reaches_who_listens_also_after_redis_was_away(settings, own_redis):
    settings.REDIS_URL = own_redis.url
    heard, reply_id = [], uuid.uuid4()
    listening = asyncio.create_task(live.listen_for_stops(redis_client.asynchronous(), heard.append))
    for _ in range(2):
        async with asyncio.timeout(10):
            while reply_id not in heard:
                await asyncio.to_thread(live.publish_stop, reply_id)
                await asyncio.sleep(0.05)
        heard.clear()
        own_redis.kill()
        await asyncio.to_thread(live.publish_stop, reply_id)  # best effort: says so and goes on
        own_redis.start()
    listening.cancel()


async def test_an_end_that_is_said_while_text_is_on_its_way_comes_after_it(monkeypatch):
    append, under_way, go_on = event_log.append, asyncio.Event(), asyncio.Event()

    async def slow(redis, batch):
        under_way.set()
        await go_on.wait()
        return await append(redis, batch)

    monkeypatch.setattr(event_log, "append", slow)
    reply_id, writer = uuid.uuid4(), a_writer()
    async with opened(writer, reply_id) as outlet:
        outlet.text("last words")
        await under_way.wait()
        closing = asyncio.create_task(outlet.close())
        await asyncio.sleep(0.01)
        go_on.set()
        await closing
    found = await followed(reply_id)
    assert (text_of(found), found[-1][1].final) == ("last words", True)


async def test_what_arrived_is_that_of_one_fence():
    reply_id, writer = uuid.uuid4(), a_writer()
    async with opened(writer, reply_id, fence=1) as old:
        old.text("old")
        await followed(reply_id, until=text_of_any)
    async with opened(writer, reply_id, fence=2) as new:
        new.text("new")
        await new.close()
    assert await asyncio.to_thread(live.arrived, reply_id, data_key=KEY, fence=2) == (True, "new")
