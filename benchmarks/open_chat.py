"""How long a chat takes to open, by its length: `python -m benchmarks.open_chat --turns 50,2000`. BENCHMARKS.md says more.

Exit code 1 if the longest takes more than half as long again as the shortest.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import time
from statistics import median

from benchmarks import bench, installation
from benchmarks.figures import spread
from benchmarks.installation import PROJECT, Installation
from benchmarks.visitor import Visitor

MOST_RATIO = 1.5
WARM_UP = 5


async def measure(place: Installation, turns: list[int], rounds: int) -> float:
    """Prints a line for each length. The ratio of the longest chat's time to the shortest's, at the median."""
    visitor = Visitor(port=place.port, source=bench.address(0), key=bench.key(0))
    await visitor.sign_in()
    assistant = (await visitor.assistants())[0]
    chats = {}
    for number in turns:
        await visitor.start(assistant)
        chats[number] = visitor.chat
        _fill(place, session=visitor.chat.strip("/").rpartition("/")[2], turns=number)
    times: dict[int, list[float]] = {number: [] for number in turns}
    for turn in range(WARM_UP + rounds):  # by turns: what else the machine does meanwhile is the same for all
        for number, chat in chats.items():
            began = time.perf_counter()
            size = len(await visitor.page(chat))
            if turn >= WARM_UP:
                times[number].append((time.perf_counter() - began) * 1000)
            if turn == 0:
                print(f"{number:>6} turns: the page has {size / 1024:.0f} kB")
    for number in turns:
        figures = spread(times[number])
        print(f"{number:>6} turns: opens in {figures['p50']} ms at the median, {figures['p95']} at the 95th percentile")
    visitor.leave()
    return median(times[max(turns)]) / median(times[min(turns)])


def _fill(place: Installation, *, session: str, turns: int) -> None:
    wanted = {"provider": "openai", "api_key": bench.key(0), "sessions": [session], "turns": turns}
    environment = os.environ | place.environment
    command = [sys.executable, "-m", "tests.fill_chat"]
    subprocess.run(command, input=json.dumps(wanted), env=environment, cwd=PROJECT, text=True, check=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.open_chat", description=__doc__)
    parser.add_argument("--turns", type=_counts, default=[50, 2000], help="lengths of the chats (50,2000)")
    parser.add_argument("--rounds", type=int, default=40, help="how often each is opened (40)")
    options = parser.parse_args()
    with installation.running() as place:
        ratio = asyncio.run(measure(place, options.turns, options.rounds))
    print(f"ratio {ratio:.2f}, at most {MOST_RATIO}")
    return 0 if ratio <= MOST_RATIO else 1


def _counts(text: str) -> list[int]:
    counts = sorted(int(part) for part in text.split(","))
    if len(counts) < 2 or counts[0] < 1:
        raise argparse.ArgumentTypeError("two lengths at least")
    return counts


if __name__ == "__main__":
    sys.exit(main())
