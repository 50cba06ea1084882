"""The channel on which a visitor's "Stop" reaches the worker that writes the reply, whichever it is."""

import asyncio
import logging
from collections.abc import Callable
from uuid import UUID

from redis.asyncio import Redis
from redis.exceptions import RedisError

from gptlab import redis_client

logger = logging.getLogger(__name__)

CHANNEL = "stop-replies"


def publish_stop(reply_id: UUID) -> None:
    """Best effort: the checkpoint reads the request back from the database a second later."""
    try:
        redis_client.sync().publish(CHANNEL, reply_id.bytes)
    except (RedisError, OSError):
        logger.warning("a stop could not be published; the checkpoint will find it")


async def listen_for_stops(redis: Redis, stop: Callable[[UUID], None]) -> None:
    """Calls `stop` for every reply that anyone stops, for ever."""
    while True:
        try:
            async with redis.pubsub(ignore_subscribe_messages=True) as channel:
                await channel.subscribe(CHANNEL)
                async for message in channel.listen():
                    if message["type"] == "message" and len(message["data"]) == 16:
                        stop(UUID(bytes=message["data"]))
        except (RedisError, OSError) as error:
            logger.warning("listening for stops: Redis is away (%s); trying again", type(error).__name__)
            await asyncio.sleep(0.5)
