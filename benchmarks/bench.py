"""One number of streams after another, on one installation: straight at the upstream first, then through the product."""

import asyncio
import gc
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import orjson

from benchmarks import accounting, checking, load, processes
from benchmarks.chat import Direct, Lost, Talker
from benchmarks.http_client import Connection, get
from benchmarks.installation import Installation
from benchmarks.visitor import Visitor

SIGNING_IN_AT_ONCE = 2  # each costs a third of a second of CPU, by design
STARTING_AT_ONCE = 4
SETTLE_SECONDS = 1.5
IDLE_SECONDS = 3.0
PREPARING_MOST = 600.0  # seconds
MOST_VISITORS = 500


class Bench:
    def __init__(self, place: Installation, plan: load.Plan, *, visitors: int) -> None:
        self._place, self._plan = place, plan
        self._visitors = [Visitor(port=place.port, source=address(index), key=key(index)) for index in range(visitors)]
        self._assistants: list[str] = []

    async def prepare(self) -> dict[str, float]:
        """Sign everyone in, before anything is measured. Then: the cores that the product uses while nobody talks."""
        async with asyncio.timeout(PREPARING_MOST):
            await _each(self._visitors, Visitor.sign_in, at_once=SIGNING_IN_AT_ONCE)
            self._assistants = await self._visitors[0].assistants()
        if not self._assistants:
            raise Lost("the lounge shows no assistant")
        await asyncio.sleep(SETTLE_SECONDS)
        parts = self._place.parts()
        before = {name: processes.cpu_seconds(pids) for name, pids in parts.items()}
        await asyncio.sleep(IDLE_SECONDS)
        return {name: round((processes.cpu_seconds(pids) - before[name]) / IDLE_SECONDS, 3) for name, pids in parts.items()}

    async def measure(self, streams: int) -> dict[str, Any]:
        direct = await self._direct(streams)
        product = await self._product(streams)
        extra = {"server_us_per_token": accounting.server_us(product), "ratios": accounting.ratios(product, direct)}
        return {"streams": streams, **product, **extra, "direct": direct}

    async def _direct(self, streams: int) -> dict[str, Any]:
        talkers = [Direct(port=self._place.upstream_port, source=address(index)) for index in range(streams)]
        outcome = await self._load(talkers, lambda: {"upstream": [self._place.upstream_process]})
        await self._report()
        return accounting.summary(outcome, self._plan)

    async def _product(self, streams: int) -> dict[str, Any]:
        visitors = self._visitors[:streams]
        idle = {name: round(processes.memory(pids).rss_mb, 1) for name, pids in self._place.parts().items()}
        async with asyncio.timeout(PREPARING_MOST):
            await _each(visitors, self._start_chat, at_once=STARTING_AT_ONCE)
        await self._report()
        outcome = await self._load(visitors, self._place.parts)
        report = await self._report()
        transcripts = [await visitor.transcript() for visitor in visitors]
        checking.mark_differences(outcome.receipts, transcripts, sent=report.pop("sent"))
        for visitor in visitors:
            visitor.leave()
        return accounting.summary(outcome, self._plan) | {"rss_idle_mb": idle, "upstream": report}

    async def _start_chat(self, visitor: Visitor) -> None:
        await visitor.start(self._assistants[self._visitors.index(visitor) % len(self._assistants)])

    async def _load(self, talkers: Sequence[Talker], parts: Callable[[], dict[str, list[int]]]) -> load.Outcome:
        await asyncio.sleep(SETTLE_SECONDS)
        gc.collect()
        gc.disable()  # a collection here would look like a lag there
        try:
            return await load.run(talkers, self._plan, parts=parts)
        finally:
            gc.enable()

    async def _report(self) -> dict[str, Any]:
        """The upstream's own figures since the last report."""
        connection = await Connection.open(self._place.upstream_port)
        try:
            answer = await connection.send(get("/report", port=self._place.upstream_port, headers={}))
        finally:
            connection.close()
        report: dict[str, Any] = orjson.loads(answer.body)
        return report


def address(index: int) -> str:
    """Every visitor has a loopback address of their own: what the product limits for each address stays as it is."""
    return f"127.1.{index // 250}.{index % 250 + 1}"


def key(index: int) -> str:
    return "sk-bench" + hashlib.sha256(b"visitor %d" % index).hexdigest()[:40]


async def _each(visitors: Sequence[Visitor], do: Callable[[Visitor], Awaitable[None]], *, at_once: int) -> None:
    free = asyncio.Semaphore(at_once)

    async def one(visitor: Visitor) -> None:
        async with free:
            await do(visitor)

    try:
        async with asyncio.TaskGroup() as group:
            for visitor in visitors:
                group.create_task(one(visitor))
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None
