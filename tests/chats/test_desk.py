"""What happens when a worker stood still, lost its lease, and claims the same reply once more in the same process."""

import asyncio
import uuid

import pytest

from accounts import relay
from chats.memory import Load
from chats.replying import desk as room
from chats.replying.claiming import Job
from gptlab import crypto
from gptlab.llm import catalog
from gptlab.llm.messages import Delta, Finish, FinishReason, Request


@pytest.fixture
def upstreams(monkeypatch):
    """Each call of the upstream: it says `n`, then waits to be told to finish; `closed` tells who was hung up on."""
    calls = []

    async def stream(request, *, api_key, begun):
        call = {"go": asyncio.Event(), "closed": False}
        calls.append(call)
        begun()
        try:
            yield Delta(str(len(calls)))
            await call["go"].wait()
            yield Finish(FinishReason.STOP)
        except BaseException:
            call["closed"] = True
            raise

    stored = []

    async def finish(running, *, state, error_code):
        stored.append((running.job.fence, state, running.text))
        return True

    async def checkpoint(running):
        return room.storing.Seen([], [])

    monkeypatch.setattr(room.client, "stream", stream)
    monkeypatch.setattr(room.storing, "finish", finish)
    monkeypatch.setattr(room.storing, "checkpoint", checkpoint)
    monkeypatch.setattr(room, "_desk", None)
    return calls, stored


def job(reply_id, fence):
    credential = relay.Credential(uuid.uuid4(), "demo", "k", crypto.random_key())
    load = Load(catalog.model("demo", "m"), budget=4_000, tokens=100, prompt_tokens=50, since=0, counted=False, condenses=False)
    return Job(reply_id, uuid.uuid4(), 1, 0, 1, fence, credential, Request("demo", "m", ()), load)


async def test_a_newer_claim_ends_the_stalled_one_and_stays_in_charge(upstreams):
    calls, stored = upstreams
    reply_id = uuid.uuid4()
    old = asyncio.create_task(room.write(job(reply_id, 1)))
    while not calls:
        await asyncio.sleep(0)
    new = asyncio.create_task(room.write(job(reply_id, 2)))
    assert await asyncio.wait_for(old, 5) is False
    assert calls[0]["closed"]
    assert room.desk().running[reply_id].job.fence == 2
    while len(calls) < 2:
        await asyncio.sleep(0)
    calls[1]["go"].set()
    assert await asyncio.wait_for(new, 5) is True
    assert stored == [(2, "done", "2")]
    assert room.desk().running == {}
