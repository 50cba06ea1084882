"""Chats that go on and on: `python -m benchmarks.long_chat --turns 1000`. BENCHMARKS.md says what each figure means.

One chat with a coach and one with a brainstorming assistant of the house, on a model with a window of 4,096 tokens, through the
whole installation. Exit code 1 if a request was too large, something was lost, or turns take longer at the end than at the start.
"""

import argparse
import asyncio
import random
import signal
import sys
import time
from dataclasses import dataclass

import orjson
import uvloop

from benchmarks import installation, recorder
from benchmarks.bench import address, key
from benchmarks.chat import Lost
from benchmarks.http_client import Broken, Connection, get
from benchmarks.installation import Installation
from benchmarks.remembered import PART, Call, Examination, flat, median
from benchmarks.tokens import Receipt
from benchmarks.visitor import Visitor
from gptlab.llm import tokens
from gptlab.llm.catalog import ModelInfo
from gptlab.llm.messages import Message, Role

WINDOW = 4_096
INFO = ModelInfo(recorder.MODEL, WINDOW)
MESSAGE_WORDS = 25
MORE_MOST = 1.2
BRAINSTORM_SEES = 20
YOUNG = 25  # turns: from here on a brainstorm has its twenty messages, and the leak guard its earlier replies


@dataclass(frozen=True)
class Who:
    name: str
    max_tokens: int
    most: int | None


COACH = Who("Socratic Sam", 400, None)
BRAINSTORMER = Who("Brainstorm Buddy", 700, BRAINSTORM_SEES)


class Chat:
    """One chat, and how long each of its turns took, from the form to the last word; in ms."""

    def __init__(self, place: Installation, who: Who, number: int) -> None:
        self.key = key(number)
        self.times: list[float] = []
        self._who = who
        self._visitor = Visitor(port=place.port, source=address(number), key=self.key)

    async def begin(self) -> None:
        await self._visitor.sign_in()
        await self._visitor.start(await self._visitor.assistant(self._who.name))

    async def turn(self) -> None:
        began = time.perf_counter()
        await self._visitor.ask(recorder.words(MESSAGE_WORDS), Receipt(count=0))
        self.times.append((time.perf_counter() - began) * 1000)

    async def said(self) -> list[str]:
        said = [message["text"] for message in await self._visitor.transcript()]
        self._visitor.leave()
        return said


async def talk(place: Installation, who: Who, turns: int, number: int) -> bool:
    """The long chat; beside its last turns, turn about, those of one that has just got going. True when all is as it must be."""
    long, young = Chat(place, who, number), Chat(place, who, number + 1)
    await long.begin()
    for _ in range(turns - PART):
        await long.turn()
    await young.begin()
    for _ in range(YOUNG):
        await young.turn()
    for _ in range(min(PART, turns)):
        for chat in random.sample([long, young], 2):
            await chat.turn()
    calls = [call for call in await _sent(place) if call["key"] == long.key]
    return _report(who, turns, await long.said(), calls, long.times, young.times)


def _report(who: Who, turns: int, said: list[str], calls: list[Call], times: list[float], young: list[float]) -> bool:
    budget = INFO.input_budget(who.max_tokens)
    found = Examination(calls, said, size=_size, budget=budget, most=who.most)
    since = found.notes_since if found.notes_since is not None else BRAINSTORM_SEES
    first, last, grown = flat(found.sizes[since:])
    early, late, plain = flat(times)
    beside = median(young[YOUNG:])
    print(f"{who.name}: {turns} turns, {len(said)} messages in the transcript, {len(found.sizes)} requests for replies")
    print(f"  largest request {max(found.sizes)} of {budget} tokens (window {WINDOW} less {WINDOW - budget} for the reply)")
    if who.most is None:
        print(f"  condensed {found.condensations} times, first before turn {since}; notes carried {found.carried} messages")
    print(f"  tokens a request from turn {since}: first {PART} {first:.0f}, last {PART} {last:.0f} (median), ratio {grown:.2f}")
    print(f"  ms a turn: first {PART} {early:.0f}, last {PART} {late:.0f} (median), ratio {plain:.2f}")
    print(
        f"  beside the last {PART}, turn about, {PART} of a chat {YOUNG} turns old: {beside:.0f}, ratio {late / beside:.2f}",
        flush=True,
    )
    wrong = found.wrong + ([] if len(said) == 2 * turns + 1 else ["the transcript is not whole"])
    wrong += [] if grown <= MORE_MOST else [f"requests have grown to more than {MORE_MOST} times"]
    wrong += [] if late / beside <= MORE_MOST else [f"a turn takes more than {MORE_MOST} times what one of a young chat does"]
    wrong += [] if who.most is not None or found.condensations else ["it was never condensed"]
    for reason in wrong[:10]:
        print(f"  WRONG: {reason}")
    return not wrong


def _size(messages: list[list[str]]) -> int:
    return tokens.count_request([Message(Role(role), text) for role, text in messages], INFO)


async def _sent(place: Installation) -> list[Call]:
    connection = await Connection.open(place.upstream_port)
    try:
        answer = await connection.send(get("/sent", port=place.upstream_port, headers={}))
    finally:
        connection.close()
    calls: list[Call] = orjson.loads(answer.body)
    return calls


async def measure(place: Installation, turns: int) -> bool:
    results = [await talk(place, who, turns, 2 * number) for number, who in enumerate((COACH, BRAINSTORMER))]
    return all(results)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.long_chat", description=__doc__)
    parser.add_argument("--turns", type=int, default=1000, help="of each of the two chats (1000)")
    turns = parser.parse_args().turns
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # `kill` cleans up as Ctrl-C does
    models = f'[openai."{recorder.MODEL}"]\ncontext_window = {WINDOW}\n'
    try:
        with (
            installation.running(upstream="benchmarks.recorder", models=models, MESSAGE_LIMIT="1000000/minute") as place,
            asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
        ):
            return 0 if runner.run(measure(place, turns)) else 1
    except KeyboardInterrupt:
        print("Stopped.")
        return 130
    except (installation.NotReady, Lost, Broken, TimeoutError) as error:
        print(f"Not measured: {type(error).__name__}: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
