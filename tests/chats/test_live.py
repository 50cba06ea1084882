"""Both ends of a live reply's log, over a real server: what the worker appends is what the web shows, whatever happens."""

import asyncio
import time
import uuid

import pytest

from chats import live
from chats.live import writer as writing
from chats.live.entries import log_key, open_entry, sealing_key
from gptlab import crypto, event_log
from gptlab.event_log import Position
from tests.chats.live_logs import KEY, a_writer, followed, opened, text_of, text_of_any

PROMPT = 10  # seconds: "at once" for a machine that does other things too


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


@pytest.mark.parametrize(("outlets", "batches"), [(4, "many"), (40, "few")])
async def test_few_replies_are_written_at_once_and_many_in_windows(monkeypatch, outlets, batches):
    """Each batch is one round trip: with many live replies there must be far fewer of them than tokens."""
    counted, append = [], event_log.append

    async def counting(redis, batch):
        counted.append(len(batch))
        return await append(redis, batch)

    monkeypatch.setattr(event_log, "append", counting)
    monkeypatch.setattr(live.Writer, "SHORT", 0.05)  # longer than in life: a busy machine is late by itself
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


async def test_what_is_taken_back_is_replaced_for_all_who_follow():
    reply_id, writer = uuid.uuid4(), a_writer()
    async with opened(writer, reply_id) as outlet:
        outlet.text("The secret is ")
        before = await followed(reply_id, until=text_of_any)
        outlet.text("Mirabelle")
        outlet.replace("Sorry.")
        await outlet.close()
    found = [entry for _, entry in await followed(reply_id)]
    assert text_of(before) == "The secret is "
    assert [entry.text for entry in found if entry.replaced] == ["Sorry."]
    assert all("Mirabelle" not in entry.text for entry in found)
    assert await asyncio.to_thread(live.arrived, reply_id, data_key=KEY, fence=1) == (True, "Sorry.")
