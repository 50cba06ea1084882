import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gptlab import event_log, redis_client
from gptlab.event_log import START, Append, Entry, Position

KEY = "log"


def item(fence: int, sequence: int, data: bytes, **more: int) -> Append:
    return Append(KEY, Position(fence, sequence), data, **more)


@given(st.integers(0, 10**18 - 1), st.integers(0, 10**18 - 1))
def test_a_position_is_read_back_as_written(fence, sequence):
    assert Position.parse(str(Position(fence, sequence))) == (fence, sequence)


@pytest.mark.parametrize("text", ["", "-1", "-", "1", "1-", "9999999999999999999-9", "1-2-3", "a-1", "1-\n", "٣-١", "9" * 8000])
def test_what_is_no_position_is_none(text):
    assert Position.parse(text) is None


def test_entries_come_back_in_order_and_after_a_position():
    async def run():
        redis = redis_client.asynchronous()
        assert await event_log.append(redis, [item(1, 1, b"a"), item(1, 2, b"\x00\xff"), item(2, 1, b"c")]) == []
        return await event_log.read(redis, KEY), await event_log.read(redis, KEY, Position(1, 2))

    everything, rest = asyncio.run(run())
    assert [entry.data for entry in everything] == [b"a", b"\x00\xff", b"c"]
    assert rest == [Entry(Position(2, 1), b"c")]


def test_a_passed_writer_is_refused_and_told_so():
    async def run():
        redis = redis_client.asynchronous()
        await event_log.append(redis, [item(2, 1, b"new")])
        refused = await event_log.append(redis, [item(1, 7, b"zombie")])
        return refused, await event_log.read(redis, KEY)

    refused, entries = asyncio.run(run())
    assert [one.data for one in refused] == [b"zombie"]
    assert [entry.data for entry in entries] == [b"new"]


def test_an_append_that_is_sent_twice_is_there_once_and_not_refused():
    async def run():
        redis = redis_client.asynchronous()
        await event_log.append(redis, [item(1, 1, b"a")])
        return await event_log.append(redis, [item(1, 1, b"a"), item(1, 2, b"b")]), await event_log.read(redis, KEY)

    refused, entries = asyncio.run(run())
    assert refused == []
    assert [entry.data for entry in entries] == [b"a", b"b"]


def test_a_log_expires(redis_server):
    async def run():
        await event_log.append(redis_client.asynchronous(), [item(1, 1, b"a", expire=100)])

    asyncio.run(run())
    assert 0 < redis_server.ttl(KEY) <= 100


async def collect(batches: AsyncGenerator[list[Entry], None], until: bytes) -> list[bytes]:
    found: list[bytes] = []
    async with aclosing(batches):
        async for batch in batches:
            found += [entry.data for entry in batch]
            if until in found:
                return found
    return found


def test_followers_replay_then_follow_without_loss_or_repeat():
    async def run():
        redis = redis_client.asynchronous()
        reader = event_log.SharedReader(redis)
        await event_log.append(redis, [item(1, n, b"%d" % n) for n in range(1, 51)])
        early = asyncio.create_task(collect(reader.follow(KEY, after=START, idle=5), b"200"))
        await asyncio.sleep(0.05)
        late = asyncio.create_task(collect(reader.follow(KEY, after=Position(1, 20), idle=5), b"200"))
        for n in range(51, 201):
            await event_log.append(redis, [item(1, n, b"%d" % n)])
        return await asyncio.gather(early, late)

    early, late = asyncio.run(asyncio.wait_for(run(), 20))
    assert early == [b"%d" % n for n in range(1, 201)]
    assert late == [b"%d" % n for n in range(21, 201)]


def test_a_quiet_log_says_so_again_and_again():
    async def run():
        reader = event_log.SharedReader(redis_client.asynchronous())
        batches = reader.follow("nothing", after=START, idle=0.01)
        quiet = [await anext(batches) for _ in range(3)]
        await batches.aclose()
        return quiet

    assert asyncio.run(asyncio.wait_for(run(), 5)) == [[], [], []]
