"""Both ends of a live reply's log, for the tests."""

import asyncio
import uuid
from contextlib import aclosing, asynccontextmanager

from chats import live
from gptlab import crypto, redis_client

KEY = crypto.random_key()


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


def text_of_any(entries):
    return any(entry.text for entry in entries)
