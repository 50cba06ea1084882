"""A load: many talkers, each a few rounds, started over a ramp. Gives back what each received and what the processes used."""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from benchmarks import processes
from benchmarks.chat import Lost, Talker
from benchmarks.http_client import Broken
from benchmarks.tokens import Receipt

TTFT_MS = 50
THINK_SECONDS = 0.5  # between two rounds, give or take a half
SAMPLE_SECONDS = 0.5


@dataclass(frozen=True)
class Plan:
    chats: int
    tokens: int
    rate: float
    ramp: float

    @property
    def reply_seconds(self) -> float:
        return TTFT_MS / 1000 + self.tokens / self.rate

    @property
    def most_seconds(self) -> float:
        """When one reply counts as lost."""
        return self.reply_seconds * 3 + 20


@dataclass
class Outcome:
    receipts: dict[str, Receipt] = field(default_factory=dict)  # by the id that the upstream was given
    seconds: float = 0.0
    cpu: dict[str, float] = field(default_factory=dict)
    client_cpu: float = 0.0
    machine_busy: float = 0.0
    rss_peak: dict[str, float] = field(default_factory=dict)
    memory: dict[str, processes.Memory] = field(default_factory=dict)  # in the middle of the run


async def run(talkers: Sequence[Talker], plan: Plan, *, parts: Callable[[], dict[str, list[int]]]) -> Outcome:
    outcome, chance = Outcome(), random.Random(7)
    thinks = [[THINK_SECONDS * (0.5 + chance.random()) for _ in range(plan.chats)] for _ in talkers]
    watched = parts()
    watcher = asyncio.create_task(_watch(watched, outcome, halfway=plan.ramp + plan.reply_seconds / 2))
    before = {name: processes.cpu_seconds(pids) for name, pids in watched.items()}
    began, own, busy = time.monotonic(), time.process_time(), processes.busy_seconds()
    try:
        async with asyncio.TaskGroup() as group:
            for index, talker in enumerate(talkers):
                delay = plan.ramp * index / len(talkers)
                group.create_task(_talk(talker, index, plan, delay=delay, thinks=thinks[index], outcome=outcome))
    finally:
        watcher.cancel()
    outcome.seconds = time.monotonic() - began
    outcome.client_cpu, outcome.machine_busy = time.process_time() - own, processes.busy_seconds() - busy
    outcome.cpu = {name: processes.cpu_seconds(pids) - before[name] for name, pids in watched.items()}
    return outcome


async def _talk(talker: Talker, index: int, plan: Plan, *, delay: float, thinks: Sequence[float], outcome: Outcome) -> None:
    await asyncio.sleep(delay)
    for number, think in enumerate(thinks):
        reply_id = f"{index}.{number}"
        receipt = outcome.receipts[reply_id] = Receipt(count=plan.tokens)
        wish = f"[[ttft={TTFT_MS} rate={plan.rate:g} len={plan.tokens} id={reply_id}]]"
        try:
            async with asyncio.timeout(plan.most_seconds):
                await talker.ask(f"Tell me something long. {wish}", receipt)
        except (Lost, Broken, OSError, TimeoutError) as error:
            receipt.error = f"{type(error).__name__}: {error}"
        await asyncio.sleep(think)


async def _watch(watched: dict[str, list[int]], outcome: Outcome, *, halfway: float) -> None:
    began = time.monotonic()
    while True:
        for name, pids in watched.items():
            outcome.rss_peak[name] = max(outcome.rss_peak.get(name, 0.0), processes.rss_mb(pids))
        if not outcome.memory and time.monotonic() - began > halfway:
            outcome.memory = await asyncio.to_thread(lambda: {name: processes.memory(pids) for name, pids in watched.items()})
        await asyncio.sleep(SAMPLE_SECONDS)
