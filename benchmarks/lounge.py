"""How long the Lounge's pages take with very many assistants: `python -m benchmarks.lounge --assistants 100000 [--postgres]`.

Exit code 1 if the 95th percentile of any kind of page is above 100 ms, or if a page needs more queries than the dearest with few.
"""

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any
from urllib.parse import urlencode

from benchmarks import bench, installation, private_postgres
from benchmarks.figures import spread
from benchmarks.fill_lounge import COMMON, SYLLABLES
from benchmarks.installation import PROJECT, Installation
from benchmarks.visitor import Visitor

MOST_MS = 100.0
FEW = 1_000
SORTS = ("popular", "liked", "new")
CATEGORIES = ("learning", "writing", "work", "data", "everyday", "ideas", "play")


def paths(dice: random.Random, rounds: int) -> dict[str, list[str]]:
    """By kind; each page is asked for once, so that nothing that was kept for the one before can help."""

    def each(**wishes: Callable[[], object]) -> list[str]:
        chosen = ({name: value() for name, value in wishes.items()} for _ in range(rounds))
        return [f"/lounge/?{urlencode({'tab': 'community', **wish})}" for wish in chosen]

    def rare() -> str:
        return "".join(dice.choices(SYLLABLES, k=3))

    def one_of(values: Sequence[object]) -> Callable[[], object]:
        return lambda: dice.choice(values)

    sort, category, page = one_of(SORTS), one_of(CATEGORIES), one_of([1, 2, 10, 50])
    return {
        "sorted": each(sort=sort, page=page),
        "category": each(sort=sort, category=category, page=page),
        "search, few": each(sort=sort, q=lambda: f"{rare()} {rare()}"),
        "search, some": each(sort=sort, q=rare),
        "search, many": each(sort=sort, q=one_of(COMMON), page=page),
        "search, most": each(sort=sort, q=one_of(SYLLABLES)),
        "search in a category": each(q=rare, category=category, sort=sort),
        "search, nobody": each(q=lambda: f"{rare()}xyzzy"),
        "the other shelves": [f"/lounge/?tab={tab}" for tab in ("showcased", "mine", "favourites")] * (rounds // 3),
    }


async def measure(place: Installation, *, assistants: int, rounds: int) -> bool:
    """Whether all was in time and no page needed more queries than with few assistants."""
    visitor, dice = Visitor(port=place.port, source=bench.address(0), key=bench.key(0)), random.Random(7)
    await visitor.sign_in()
    asked = paths(dice, rounds)
    samples = {kind: addresses[0] for kind, addresses in asked.items()}
    _fill(place, assistants=FEW)
    few = _queries(place, visitor, list(samples.values()))
    _fill(place, assistants=assistants)
    many = _queries(place, visitor, list(samples.values()))
    await visitor.page("/lounge/")
    good = True
    for kind, addresses in asked.items():
        times = []
        for address in addresses:
            began = time.perf_counter()
            await visitor.page(address)
            times.append((time.perf_counter() - began) * 1000)
        figures = spread(times)
        queries = many[samples[kind]]
        fine = (figures["p95"] or 0) <= MOST_MS and queries <= max(few.values())
        good = good and fine
        print(
            f"{kind:22} {figures['p50']:7} ms at the median {figures['p95']:7} at the 95th percentile "
            f"{queries} queries{'' if fine else '  <- too much'}"
        )
    print(f"at most {max(few.values())} queries a page with {FEW} assistants, {max(many.values())} with {assistants}")
    visitor.leave()
    return good


def _queries(place: Installation, visitor: Visitor, addresses: list[str]) -> dict[str, int]:
    counts: dict[str, int] = json.loads(_run(place, "benchmarks.count_queries", {"cookie": visitor.cookie, "paths": addresses}))
    return counts


def _fill(place: Installation, *, assistants: int) -> None:
    _run(place, "benchmarks.fill_lounge", {"assistants": assistants, "seed": 1})


def _run(place: Installation, module: str, wanted: dict[str, Any]) -> str:
    command, environment = [sys.executable, "-m", module], os.environ | place.environment
    done = subprocess.run(
        command, input=json.dumps(wanted), env=environment, cwd=PROJECT, text=True, check=True, stdout=subprocess.PIPE
    )
    return done.stdout


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lounge", description=__doc__)
    parser.add_argument("--assistants", type=int, default=100_000, help="how many stand in the Lounge (100000)")
    parser.add_argument("--rounds", type=int, default=60, help="how many pages of each kind (60)")
    parser.add_argument("--postgres", action="store_true", help="in a PostgreSQL of its own instead of SQLite")
    options = parser.parse_args()
    with private_postgres.running() if options.postgres else nullcontext("") as url:
        settings = {"DATABASE_URL": url} if url else {}
        with installation.running(**settings) as place:
            good = asyncio.run(measure(place, assistants=options.assistants, rounds=options.rounds))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
