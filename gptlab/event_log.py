"""Append-only logs on Redis Streams: append, read after, follow, expire. Any bytes; what they mean is the caller's.

An entry's id is `<fence>-<sequence>`. Redis refuses an id that is not above the last one, so a writer whose fence has been
passed by another's can't append any more: nobody has to ask it to stop.
"""

import asyncio
import logging
import uuid
from collections.abc import AsyncGenerator, Sequence
from typing import Any, NamedTuple, Self
from weakref import WeakKeyDictionary

from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from gptlab import redis_client
from gptlab.essential import run_for_ever

logger = logging.getLogger(__name__)

_FIELD = b"d"
_AWAY = (RedisError, OSError)


class Position(NamedTuple):
    """A place in a log. START is before the first entry."""

    fence: int
    sequence: int

    def __str__(self) -> str:
        return f"{self.fence}-{self.sequence}"

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The position that `text` names, or None when it names none (also when it is larger than Redis can count)."""
        fence, dash, sequence = text.partition("-")
        if not (dash and fence.isascii() and fence.isdigit() and sequence.isascii() and sequence.isdigit()):
            return None
        if len(fence) > 18 or len(sequence) > 18:
            return None
        return cls(int(fence), int(sequence))


START = Position(0, 0)


class Entry(NamedTuple):
    position: Position
    data: bytes


class Append(NamedTuple):
    key: str
    position: Position
    data: bytes
    expire: int | None = None  # seconds from now until the whole log goes


async def append(redis: Redis, batch: Sequence[Append]) -> list[Append]:
    """Append all in one round trip, in order. Returns those that a higher fence keeps out. Raises RedisError when away."""
    pipeline = redis.pipeline(transaction=False)
    for item in batch:
        pipeline.xadd(item.key, {_FIELD: item.data}, id=str(item.position))
        if item.expire is not None:
            pipeline.expire(item.key, item.expire)
    answers = iter(await pipeline.execute(raise_on_error=False))
    refused = []
    for item in batch:
        answer = next(answers)
        if item.expire is not None:
            next(answers)
        if isinstance(answer, ResponseError) and "equal or smaller" in str(answer):
            refused.append(item)
        elif isinstance(answer, Exception):
            raise answer
    return [item for item in refused if await _is_passed(redis, item)]


async def _is_passed(redis: Redis, item: Append) -> bool:
    """True for a higher fence. Otherwise the entry is our own, sent again after an answer that got lost: it is there."""
    last = _entries(await redis.xrevrange(item.key, count=1))
    return bool(last) and last[0].position.fence > item.position.fence


async def read(redis: Redis, key: str, after: Position = START) -> list[Entry]:
    return _entries(await redis.xrange(key, min=f"({after}"))


def read_now(key: str) -> list[Entry]:
    """All of a log, for threads."""
    return _entries(redis_client.sync().xrange(key))


def append_now(item: Append) -> None:
    """One append, for threads. A higher fence keeps it out silently: then somebody else has the last word."""
    try:
        redis_client.sync().xadd(item.key, {_FIELD: item.data}, id=str(item.position))
    except ResponseError as error:
        if "equal or smaller" not in str(error):
            raise
    if item.expire is not None:
        redis_client.sync().expire(item.key, item.expire)


def _entries(answer: Any) -> list[Entry]:
    found = []
    for name, fields in answer:
        position = Position.parse(name.decode())
        data = fields.get(_FIELD) if isinstance(fields, dict) else None
        if position is not None and data is not None:
            found.append(Entry(position, data))
    return found


class SharedReader:
    """Follows any number of logs over one connection: one XREAD over all of them, woken through a log of its own.

    One connection for each follower costs the web process twice the CPU at a hundred streams.
    """

    BLOCK_MS = 5_000
    CALM = 0.01  # seconds between two reads once many follow: what arrives meanwhile comes in one batch
    MANY = 32

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._followers: dict[str, set[asyncio.Queue[list[Entry]]]] = {}
        self._positions: dict[str, Position] = {}
        self._waker = f"wake:{uuid.uuid4().hex}"
        self._waker_position = START
        self._task = run_for_ever(self._run(), name="the shared reader")

    async def follow(self, key: str, *, after: Position, idle: float) -> AsyncGenerator[list[Entry], None]:
        """Batches of entries after `after`, for ever; an empty batch each time that `idle` seconds brought none."""
        queue: asyncio.Queue[list[Entry]] = asyncio.Queue()
        position = after
        await self._join(key, queue, after)
        try:
            while True:
                try:
                    async with asyncio.timeout(idle):
                        batch = await queue.get()
                except TimeoutError:
                    yield []
                    continue
                fresh = [entry for entry in batch if entry.position > position]
                if fresh:
                    position = fresh[-1].position
                    yield fresh
        finally:
            self._leave(key, queue)

    async def _join(self, key: str, queue: asyncio.Queue[list[Entry]], after: Position) -> None:
        """What is there goes first; the shared read then goes on from its end, or from further back for the other followers."""
        try:
            known = await read(self._redis, key, after)
        except _AWAY:
            known = []  # the shared read starts at `after` and brings it when Redis is back
        if known:
            queue.put_nowait(known)
        position = known[-1].position if known else after
        self._followers.setdefault(key, set()).add(queue)
        self._positions[key] = min(position, self._positions.get(key, position))
        await self._wake()

    def _leave(self, key: str, queue: asyncio.Queue[list[Entry]]) -> None:
        followers = self._followers.get(key, set())
        followers.discard(queue)
        if not followers:
            self._followers.pop(key, None)
            self._positions.pop(key, None)

    async def _wake(self) -> None:
        try:
            pipeline = self._redis.pipeline(transaction=False)
            pipeline.xadd(self._waker, {_FIELD: b""}, maxlen=4)
            pipeline.expire(self._waker, 3600)
            await pipeline.execute()
        except _AWAY:
            pass  # the reader is in its own retry then, and takes the new log with it

    async def _run(self) -> None:
        while True:
            try:
                await self._read_once()
            except _AWAY as error:
                logger.warning("reading live logs: Redis is away (%s); trying again", type(error).__name__)
                await asyncio.sleep(0.5)
            await asyncio.sleep(self.CALM if len(self._positions) > self.MANY else 0)

    async def _read_once(self) -> None:
        asked = {self._waker: self._waker_position, **self._positions}
        answer = await self._redis.xread({key: str(position) for key, position in asked.items()}, count=500, block=self.BLOCK_MS)
        for name, raw in _streams(answer):
            key, batch = name.decode(), _entries(raw)
            if not batch:
                continue
            if key == self._waker:
                self._waker_position = batch[-1].position
                continue
            if self._positions.get(key) != asked[key]:
                continue  # somebody who was further back has joined meanwhile: the next read brings it to all, in order
            self._positions[key] = batch[-1].position
            for queue in self._followers.get(key, ()):
                queue.put_nowait(batch)


def _streams(answer: Any) -> list[tuple[bytes, Any]]:
    """XREAD's answer as (key, entries): a list in the old protocol, a mapping in the new one."""
    if not answer:
        return []
    if not isinstance(answer, dict):
        return list(answer)
    return [(key, lists[0] if lists and isinstance(lists[0], list) else lists) for key, lists in answer.items()]


_readers: WeakKeyDictionary[asyncio.AbstractEventLoop, SharedReader] = WeakKeyDictionary()


def shared_reader() -> SharedReader:
    """The one of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _readers:
        _readers[loop] = SharedReader(redis_client.asynchronous())
    return _readers[loop]
