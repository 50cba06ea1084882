"""How the client's tests ask the fake upstream, and look at what came of it."""

import asyncio
import contextlib
import time
import uuid

from gptlab.llm import client, errors
from gptlab.llm.deadlines import Deadlines
from gptlab.llm.messages import Delta, Message, Request, Role
from tests.fakes.upstream import last_text

KEY = "sk-alice-0123456789abcdef"
QUICK = Deadlines(backoff=0.01)
PROMPT = 4.5  # seconds: below every deadline of daily life, and far above what a busy machine takes


def ask(script="", *, provider="openai", model="gpt-4.1-mini", text="", **more) -> Request:
    text = f"{text} {uuid.uuid4()} [[script={script}]]" if script else text
    return Request(provider, model, (Message(Role.SYSTEM, "Be kind."), Message(Role.USER, text)), **more)


async def read(request, *, api_key=KEY, deadlines=QUICK):
    """The events, and the error that ended them."""
    events = []
    try:
        async with contextlib.aclosing(client.stream(request, api_key=api_key, deadlines=deadlines)) as stream:
            async for event in stream:
                events.append(event)  # noqa: PERF401  what came before an error counts
    except errors.UpstreamError as error:
        return events, error
    return events, None


def text_of(events):
    return "".join(event.text for event in events if isinstance(event, Delta))


def sent_for(upstream, request):
    """What the upstream got for this very request."""
    return [record for record in upstream.sent if record["body"] and last_text(record["body"]) == request.messages[-1].text]


async def until(condition, seconds=20.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.005)
