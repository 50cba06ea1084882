"""The worker's end: one ordered writer for all replies of the process, with a window that widens as more of them live."""

import asyncio
import logging
import time
from uuid import UUID

import orjson
from redis.asyncio import Redis
from redis.exceptions import RedisError

from chats.live.entries import Entry, log_key, seal_entry, sealing_key
from gptlab import event_log
from gptlab.essential import run_for_ever
from gptlab.event_log import Append, Position
from gptlab.markdown import Change, LiveMarkdown

logger = logging.getLogger(__name__)

LIVE_SECONDS = 15 * 60  # a log outlives its reply's longest run
ENDED_SECONDS = 2 * 60  # then the database answers
LAST_SEQUENCE = 10**17  # above any that a writer reaches: for who ends a reply from outside its stream


class Outlet:
    """One live reply, as the worker sees it: text goes in, the writer takes it out window by window."""

    def __init__(self, *, reply_id: UUID, fence: int, data_key: bytes, writer: "Writer") -> None:
        self._log_key = log_key(reply_id)
        self._key = sealing_key(data_key, reply_id)
        self._fence = fence
        self._writer = writer
        self._markdown = LiveMarkdown()
        self._sequence = 0
        self._pieces: list[str] = []
        self._status = ""
        self._replaced = False
        self._final = self._flagged = False
        self.is_passed = False  # a higher fence writes now: this stream must end without a trace
        self._closed = asyncio.Event()

    def text(self, piece: str) -> None:
        first = self._sequence == 0 and not self._pieces
        self._pieces.append(piece)
        self._writer.mark(self, urgent=first)

    def replace(self, text: str) -> None:
        """Take back all that was shown: this stands in its place."""
        self._markdown = LiveMarkdown()
        self._pieces = [text]
        self._replaced = True
        self._writer.mark(self, urgent=True)

    def status(self, code: str) -> None:
        self._status = code
        self._writer.mark(self, urgent=True)

    def flagged(self) -> None:
        """Something was found in the message. After the end nobody reads here: then the page shows it when it is next opened."""
        if not self._final:
            self._flagged = True
            self._writer.mark(self, urgent=True)

    async def close(self) -> None:
        """Say that the database has the end, and wait until the log says so too."""
        self._final = True
        self._writer.mark(self, urgent=True)
        await self._closed.wait()

    def take(self, now: float) -> Append | None:
        """What has come since the last window, as one sealed entry; None if nothing has."""
        if not (self._pieces or self._status or self._final or self._flagged):
            return None
        text = "".join(self._pieces)
        change = self._markdown.feed(text, now=now) if text else Change()
        entry = Entry(
            text=text,
            shown=change.text,
            blocks=change.blocks,
            tail=change.tail,
            status=self._status,
            final=self._final,
            replaced=self._replaced,
            flagged=self._flagged,
        )
        self._pieces.clear()
        self._status, self._replaced, self._flagged = "", False, False
        self._sequence += 1
        position = Position(self._fence, self._sequence)
        expire = ENDED_SECONDS if self._final else LIVE_SECONDS if self._sequence % 256 == 1 else None
        return Append(self._log_key, position, seal_entry(entry, key=self._key, position=position), expire)

    def written(self, *, refused: bool) -> None:
        self.is_passed = self.is_passed or refused
        if self._final:
            self._closed.set()


class Writer:
    """Appends what all outlets have, in order, one pipeline a window. Redis away: it keeps the batch and tries again."""

    FEW, SEVERAL = 32, 160  # live replies up to which the window is none, and short
    SHORT, LONG = 0.010, 0.025  # seconds

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._dirty: dict[Outlet, None] = {}
        self._dirt = asyncio.Event()
        self._urgent = asyncio.Event()
        self._open: set[Outlet] = set()
        self._task = run_for_ever(self._run(), name="the writer of live logs")

    def open(self, *, reply_id: UUID, fence: int, data_key: bytes) -> Outlet:
        outlet = Outlet(reply_id=reply_id, fence=fence, data_key=data_key, writer=self)
        self._open.add(outlet)
        return outlet

    def forget(self, outlet: Outlet) -> None:
        self._open.discard(outlet)
        self._dirty.pop(outlet, None)

    def mark(self, outlet: Outlet, *, urgent: bool) -> None:
        """Urgent news ends the running window early, through this same writer: a second one would reorder tokens."""
        self._dirty[outlet] = None
        self._dirt.set()
        if urgent:
            self._urgent.set()

    async def _run(self) -> None:
        while True:
            await self._dirt.wait()
            self._dirt.clear()
            self._urgent.clear()
            dirty, self._dirty = self._dirty, {}
            now = time.monotonic()
            taken = [(outlet, item) for outlet in dirty if (item := outlet.take(now)) is not None]
            refused = await self._append([item for _, item in taken])
            for outlet, item in taken:
                outlet.written(refused=item.key in refused)
            await self._pause()

    async def _append(self, batch: list[Append]) -> set[str]:
        delay = 0.1
        while True:
            try:
                return {item.key for item in await event_log.append(self._redis, batch)}
            except (RedisError, OSError) as error:
                logger.warning("writing live logs: Redis is away (%s); %d entries wait", type(error).__name__, len(batch))
                await asyncio.sleep(delay)
                delay = min(delay * 2, 2.0)

    async def _pause(self) -> None:
        live = len(self._open)
        window = 0.0 if live <= self.FEW else self.SHORT if live <= self.SEVERAL else self.LONG
        if not window:
            return
        try:
            async with asyncio.timeout(window):
                await self._urgent.wait()
        except TimeoutError:
            pass


def close_now(reply_id: UUID, *, fence: int) -> None:
    """Tell followers, from a thread that has no data key, that the reply has ended: the entry says nothing else.

    It goes in unsealed, under a fence of its own above the writer's, which thereby is passed.
    """
    position = Position(fence, LAST_SEQUENCE)
    try:
        event_log.append_now(Append(log_key(reply_id), position, CLOSED, ENDED_SECONDS))
    except (RedisError, OSError):
        logger.warning("a live log could not be closed; its followers will see the end in the database")


CLOSED = orjson.dumps("closed")
