"""How well a guard does on labelled replies: a file of JSON lines, of type `prompt` and of type `case`.

A prompt has `pid`, `text` (the secret) and what everyone may see: `name`, `tagline`, `starters`. A case has `id`, `pid`, `label`
(1 leak, 0 harmless), `group`, `user`, `history`, `reply`, and `leak_at`: where in the reply the smallest leak is complete.
"""

import random
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from chats.leak_guard.stream import StreamGuard

TOKEN = 4  # characters, on average


@dataclass(frozen=True, slots=True, repr=False)
class Case:
    prompt: dict[str, Any]
    case: dict[str, Any]

    @property
    def is_leak(self) -> bool:
        return bool(self.case["label"])

    def guard(self) -> StreamGuard:
        public = {key: self.prompt.get(key) or "" for key in ("name", "tagline", "starters")}
        history = [turn["assistant"] for turn in self.case.get("history") or ()]
        return StreamGuard(self.prompt["text"], user=self.case.get("user") or "", history=history, public=public)

    def chunks(self) -> Iterator[str]:
        """As a provider sends it; the same at every run."""
        length, at, reply = random.Random(str(self.case.get("id"))), 0, self.case["reply"]
        while at < len(reply):
            size = length.randint(1, 2 * TOKEN - 1)
            yield reply[at : at + size]
            at += size


@dataclass(slots=True)
class Figures:
    """Of one kind of replies, or of all."""

    count: int = 0
    blocked: int = 0
    prevented: int = 0  # blocked while less than the smallest leak was shown
    changed: int = 0  # passed, but with other text
    held_back: list[int] = field(default_factory=list)  # the most characters in each reply
    microseconds: list[float] = field(default_factory=list)  # of each chunk

    def add(self, other: "Figures") -> None:
        self.count += other.count
        self.blocked += other.blocked
        self.prevented += other.prevented
        self.changed += other.changed
        self.held_back += other.held_back
        self.microseconds += other.microseconds

    def summary(self, *, is_leak: bool, by_chunks: bool) -> dict[str, float]:
        found: dict[str, float] = {"count": self.count, "blocked": round(self.blocked / max(1, self.count), 4)}
        if by_chunks and is_leak:
            found["prevented"] = round(self.prevented / max(1, self.count), 4)
        if by_chunks and not is_leak:
            found |= {
                "changed": self.changed,
                "held_back_median": _part(self.held_back, 0.5),
                "held_back_most": max(self.held_back),
            }
        if by_chunks:
            mean = sum(self.microseconds) / max(1, len(self.microseconds))
            found |= {"chunk_us_mean": round(mean, 1), "chunk_us_p99": round(_part(self.microseconds, 0.99), 1)}
        return found


def _part(values: list[Any], part: float) -> Any:
    return sorted(values)[int(part * (len(values) - 1))] if values else 0


def cases(path: Path) -> list[Case]:
    prompts, found = {}, []
    for line in path.read_bytes().splitlines():
        row = orjson.loads(line)
        if row["type"] == "prompt":
            prompts[row["pid"]] = row
        else:
            found.append(row)
    return [Case(prompts[row["pid"]], row) for row in found]


def evaluate(found: Iterable[Case], *, by_chunks: bool) -> dict[str, dict[str, dict[str, float]]]:
    """{"leaks": {group: figures}, "harmless": {group: figures}}, with "all" in each."""
    figures: dict[tuple[bool, str], Figures] = defaultdict(Figures)
    for case in found:
        figures[case.is_leak, case.case["group"]].add(_streamed(case) if by_chunks else _whole(case))
    result: dict[str, dict[str, dict[str, float]]] = {"leaks": {}, "harmless": {}}
    for is_leak, name in ((True, "leaks"), (False, "harmless")):
        total = Figures()
        for group in sorted(group for label, group in figures if label == is_leak):
            total.add(figures[is_leak, group])
            result[name][group] = figures[is_leak, group].summary(is_leak=is_leak, by_chunks=by_chunks)
        if total.count:
            result[name]["all"] = total.summary(is_leak=is_leak, by_chunks=by_chunks)
    return result


def _whole(case: Case) -> Figures:
    guard = case.guard()
    guard.feed(case.case["reply"])
    guard.end()
    return Figures(count=1, blocked=int(guard.blocked))


def _streamed(case: Case) -> Figures:
    guard, reply = case.guard(), case.case["reply"]
    shown, arrived, most, times = "", 0, 0, []
    for chunk in case.chunks():
        began = time.perf_counter()
        shown += guard.feed(chunk)
        times.append((time.perf_counter() - began) * 1e6)
        if guard.blocked:
            break
        arrived += len(chunk)
        most = max(most, arrived - len(shown))
    shown += guard.end()
    leak_at = case.case.get("leak_at") or len(reply)
    return Figures(
        count=1,
        blocked=int(guard.blocked),
        prevented=int(guard.blocked and len(shown) <= leak_at),
        changed=int(not guard.blocked and shown != reply),
        held_back=[most],
        microseconds=times,
    )
