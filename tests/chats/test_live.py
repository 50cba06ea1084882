"""Both ends of a live reply's log, over a real server: what the worker appends is what the web shows, whatever happens."""

import asyncio
import time
import uuid
from contextlib import aclosing, asynccontextmanager

import pytest
from django.conf import settings as project

from chats import live
from chats.live import writer as writing
from chats.live.entries import Entry, log_key, open_entry, seal_entry, sealing_key
from gptlab import crypto, event_log, redis_client
from gptlab.event_log import Append, Position
from tests.line import Line

KEY = crypto.random_key()
PROMPT = 0.5  # seconds: "at once" for a machine that does other things too


@asynccontextmanager
async def opened(writer, reply_id=None, *, fence=1, key=KEY):
    outlet = writer.open(reply_id=reply_id or uuid.uuid4(), fence=fence, data_key=key)
    try:
        yield outlet
    finally:
        writer.forget(outlet)


def a_writer():
    return live.Writer(redis_client.asynchronous())


async def followed(reply_id, *, after=None, key=KEY, until=lambda entries: False):
    """All entries after a position, until the final one or until `until` says so."""
    found = []
    async with asyncio.timeout(20), aclosing(live.follow(reply_id, data_key=key, after=after, idle=5)) as batches:
        async for position, entries in batches:
            found += [(position, entry) for entry in entries]
            if until([entry for _, entry in found]):
                break
    return found


def text_of(found):
    return "".join(entry.text for _, entry in found)


async def test_what_is_written_is_followed_in_order_and_ends():
    reply_id, writer = uuid.uuid4(), a_writer()
    reading = asyncio.create_task(followed(reply_id))
    async with opened(writer, reply_id) as outlet:
        outlet.status("thinking")
        for n in range(300):
            outlet.text(f"{n} ")
            await asyncio.sleep(0)
        await outlet.close()
    found = await reading
    assert text_of(found) == "".join(f"{n} " for n in range(300))
    assert found[0][1].status == "thinking"
    assert [entry.final for _, entry in found] == [False] * (len(found) - 1) + [True]


async def test_who_comes_back_gets_what_came_after():
    reply_id, writer = uuid.uuid4(), a_writer()
    async with opened(writer, reply_id) as outlet:
        outlet.text("before ")
        first = await followed(reply_id, until=lambda entries: True)
        outlet.text("after")
        await outlet.close()
    position = first[-1][0]
    assert text_of(first) == "before "
    assert text_of(await followed(reply_id, after=position)) == "after"
    assert text_of(await followed(reply_id)) == "before after"


async def test_the_first_text_is_there_at_once_even_while_a_long_window_runs(monkeypatch):
    monkeypatch.setattr(live.Writer, "FEW", 0)
    monkeypatch.setattr(live.Writer, "SHORT", 30.0)
    writer, late = a_writer(), uuid.uuid4()
    async with opened(writer) as early, opened(writer, late) as outlet:
        early.text("starts the window")
        await asyncio.sleep(0.05)
        began = time.monotonic()
        outlet.text("first")
        assert text_of(await followed(late, until=text_of_any)) == "first"
        assert time.monotonic() - began < PROMPT


def text_of_any(entries):
    return any(entry.text for entry in entries)


@pytest.mark.parametrize(("outlets", "batches"), [(4, "many"), (40, "few")])
async def test_few_replies_are_written_at_once_and_many_in_windows(monkeypatch, outlets, batches):
    """Each batch is one round trip: with many live replies there must be far fewer of them than tokens."""
    counted, append = [], event_log.append

    async def counting(redis, batch):
        counted.append(len(batch))
        return await append(redis, batch)

    monkeypatch.setattr(event_log, "append", counting)
    writer = a_writer()
    opens = [writer.open(reply_id=uuid.uuid4(), fence=1, data_key=KEY) for _ in range(outlets)]
    for outlet in opens:
        outlet.status("thinking")
    await asyncio.sleep(0.1)
    counted.clear()
    for n in range(40):
        opens[n % outlets].text("x")
        await asyncio.sleep(0.003)
    await asyncio.sleep(0.1)
    assert sum(counted) <= 40
    assert len(counted) > 25 if batches == "many" else len(counted) < 25


async def test_two_hundred_replies_side_by_side_lose_and_mix_nothing():
    writer, ids = a_writer(), [uuid.uuid4() for _ in range(200)]
    keys = {reply_id: crypto.random_key() for reply_id in ids}
    reading = [asyncio.create_task(followed(reply_id, key=keys[reply_id])) for reply_id in ids]

    async def write(reply_id):
        async with opened(writer, reply_id, key=keys[reply_id]) as outlet:
            for n in range(25):
                outlet.text(f"{reply_id.hex[:4]}-{n}\n\n")
                await asyncio.sleep(0.002)
            await outlet.close()

    async with asyncio.timeout(60):
        await asyncio.gather(*map(write, ids))
        for reply_id, found in zip(ids, await asyncio.gather(*reading), strict=True):
            assert text_of(found) == "".join(f"{reply_id.hex[:4]}-{n}\n\n" for n in range(25))


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


async def test_redis_holds_nothing_that_can_be_read(redis_server):
    reply_id, writer, marker = uuid.uuid4(), a_writer(), "Marzipanschwein"
    async with opened(writer, reply_id) as outlet:
        outlet.status("thinking")
        outlet.text(f"# {marker}\n\n{marker} **bold**\n\n{marker}")
        await outlet.close()
    found = text_of(await followed(reply_id))
    raw = redis_server.dump(log_key(reply_id)) + b"".join(entry[b"d"] for _, entry in redis_server.xrange(log_key(reply_id)))
    assert found.count(marker) == 3
    for word in (marker, "bold", "thinking", "<p>"):
        assert word.encode() not in raw
    entry_id, fields = redis_server.xrange(log_key(reply_id))[0]
    with pytest.raises(crypto.Damaged):
        open_entry(fields[b"d"], key=sealing_key(crypto.random_key(), reply_id), position=Position.parse(entry_id.decode()))


async def test_a_log_goes_by_itself(redis_server):
    reply_id, writer = uuid.uuid4(), a_writer()
    async with opened(writer, reply_id) as outlet:
        outlet.text("x")
        await followed(reply_id, until=text_of_any)
        assert writing.ENDED_SECONDS < redis_server.ttl(log_key(reply_id)) <= writing.LIVE_SECONDS
        await outlet.close()
    assert 0 < redis_server.ttl(log_key(reply_id)) <= writing.ENDED_SECONDS


async def test_the_text_so_far_is_that_of_one_fence():
    reply_id, writer = uuid.uuid4(), a_writer()
    async with opened(writer, reply_id, fence=1) as old:
        old.text("old")
        await followed(reply_id, until=text_of_any)
    async with opened(writer, reply_id, fence=2) as new:
        new.text("new")
        await new.close()
    assert await asyncio.to_thread(live.text_so_far, reply_id, data_key=KEY, fence=2) == "new"


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
