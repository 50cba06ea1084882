"""Live replies under load: `python -m benchmarks.stream --streams 1,20,100`. BENCHMARKS.md says what each figure means.

Exit code 1 if anything was lost.
"""

import argparse
import asyncio
import signal
import sys
from pathlib import Path

import orjson
import uvloop

from benchmarks import installation, load, table, tokens
from benchmarks.bench import MOST_VISITORS, Bench
from benchmarks.chat import Lost
from benchmarks.http_client import Broken
from benchmarks.installation import Installation


async def measure(place: Installation, plan: load.Plan, streams: list[int], *, json: Path | None) -> bool:
    """Prints a table, and a line of JSON for each number of streams. True when nothing was lost."""
    bench = Bench(place, plan, visitors=max(streams))
    print(f"Ready after {place.start_seconds:.1f} s. Signing in {max(streams)} visitors, each with their own key …", flush=True)
    idle = await bench.prepare()
    print(f"Nobody talks: {idle} cores\n\n{table.HEAD}", flush=True)
    clean = True
    for number in streams:
        record = await bench.measure(number) | {"idle_cores": idle, "start_seconds": round(place.start_seconds, 2)}
        print(table.line(number, "direct", record["direct"]))
        print(table.line(number, "product", record))
        print(table.remarks(record))
        keep = orjson.dumps(record).decode()
        print(keep, flush=True)
        if json is not None:
            with json.open("a") as file:
                file.write(f"{keep}\n")
        clean = clean and not (record["lost_chats"] or record["direct"]["lost_chats"])
    return clean


def main() -> int:
    options = _options()
    plan = load.Plan(chats=options.chats, tokens=options.tokens, rate=options.rate, ramp=options.ramp)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # `kill` cleans up as Ctrl-C does
    try:
        with installation.running(keep_logs=options.logs) as place, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return 0 if runner.run(measure(place, plan, options.streams, json=options.json)) else 1
    except KeyboardInterrupt:
        print("Stopped.")
        return 130
    except (installation.NotReady, Lost, Broken, TimeoutError) as error:
        print(f"Not measured: {type(error).__name__}: {error}", file=sys.stderr)
        return 2


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stream", description=__doc__)
    parser.add_argument("--streams", type=_counts, default=[1, 20, 100], help="visitors at once, one run each (1,20,100)")
    parser.add_argument("--tokens", type=_count_of_tokens, default=200, help="tokens of a reply (200)")
    parser.add_argument("--rate", type=float, default=50.0, help="tokens a second of each stream (50)")
    parser.add_argument("--chats", type=int, default=2, help="rounds that each visitor talks (2)")
    parser.add_argument("--ramp", type=float, default=3.0, help="seconds over which the visitors begin (3)")
    parser.add_argument("--json", type=Path, help="append the records to this file too")
    parser.add_argument("--logs", type=Path, help="keep the installation's logs in this folder")
    return parser.parse_args()


def _counts(text: str) -> list[int]:
    counts = [int(part) for part in text.split(",")]
    if not all(0 < count <= MOST_VISITORS for count in counts):
        raise argparse.ArgumentTypeError(f"1 to {MOST_VISITORS}")
    return counts


def _count_of_tokens(text: str) -> int:
    if not 0 < int(text) <= tokens.MOST:
        raise argparse.ArgumentTypeError(f"1 to {tokens.MOST}")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
