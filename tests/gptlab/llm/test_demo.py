import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import aclosing

import pytest

from gptlab.llm import catalog, client, demo, demo_replies, demo_writing, errors, moderation
from gptlab.llm.messages import Delta, Finish, FinishReason, Message, Request, Role, Sampling, Usage
from tests.lab import free_port, wait_until

KEY = "demo-0123456789abcdef"

once = pytest.mark.asyncio(loop_factories=["uvloop"])


class Running:
    """The Demo as a process of its own, as the supervisor starts it."""

    def __init__(self, *arguments: str, pace: str = "0") -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/v1"
        command = [sys.executable, "-m", "gptlab.llm.demo", "--port", str(self.port), *arguments]
        began = time.monotonic()
        self.process = subprocess.Popen(command, env=os.environ | {"DEMO_PACE": pace}, stderr=subprocess.PIPE, text=True)
        wait_until(self.answers, 20, "the Demo does not answer")
        self.seconds_to_start = time.monotonic() - began

    def answers(self) -> bool:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            return True
        return False

    def stop(self, number: signal.Signals = signal.SIGTERM) -> float:
        began = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(5)
        return time.monotonic() - began

    def ask(self, path: str, body: object = None, *, key: str = KEY):
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, {"Authorization": f"Bearer {key}"})
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)


@pytest.fixture(scope="module")
def running():
    started = Running("--record")
    yield started
    started.stop()


@pytest.fixture
def demo_url(settings, running):
    settings.DEMO_BASE_URL = running.url


def ask(*texts: str, model: str = "demo-small", **more) -> Request:
    roles = (Role.ASSISTANT, Role.USER)
    return Request("demo", model, tuple(Message(roles[index % 2], text) for index, text in enumerate(texts)), **more)


async def read(request, *, api_key=KEY):
    try:
        async with aclosing(client.stream(request, api_key=api_key)) as stream:
            return [event async for event in stream]
    finally:
        await client.aclose()


@once
async def test_reply_arrives_as_it_was_written(demo_url, running):
    events = await read(ask("Hello!", "a long one"))
    text = "".join(event.text for event in events if isinstance(event, Delta))
    assert text == demo_replies.reply([{"role": "assistant", "content": "Hello!"}, {"role": "user", "content": "a long one"}])
    assert len(text) > 10_000
    assert events[-2] == Finish(FinishReason.STOP)
    assert isinstance(events[-1], Usage)
    assert events[-1].tokens_out == len(events) - 2
    assert running.ask("/sent")[1][-1] == {
        "id": running.ask("/sent")[1][-1]["id"],
        "text": text,
        "finished": True,
        "aborted": False,
    }


@once
async def test_no_limit_is_asked_of_it_since_its_words_cost_nothing(demo_url):
    events = await read(ask("Hello!", "a long one", sampling=Sampling(max_tokens=7)))
    assert sum(len(event.text) for event in events if isinstance(event, Delta)) > 10_000
    assert Finish(FinishReason.STOP) in events


@once
async def test_wrong_key_is_refused(demo_url):
    with pytest.raises(errors.KeyRejected):
        await read(ask("Hello!", "Hi"), api_key="demo-short")


@once
async def test_wrong_model_is_refused(demo_url):
    with pytest.raises(errors.ModelNotAllowed):
        await read(ask("Hello!", "Hi", model="gpt-4o"))


def test_models_are_listed(demo_url):
    models = client.models("demo", api_key=KEY)
    assert models == ["demo-completions", "demo-large", "demo-responses", "demo-small"]
    assert catalog.offered("demo", models) == ["demo-small", "demo-large", "demo-responses", "demo-completions"]
    with pytest.raises(errors.KeyRejected):
        client.models("demo", api_key="sk-0123456789abcdef0123456789")


@once
@pytest.mark.parametrize("model", ["demo-small", "demo-responses", "demo-completions"])
async def test_every_endpoint_tells_the_same_and_what_it_took(demo_url, model):
    said = "<|user|> Once upon a time there was somebody who wanted a long one"
    events = await read(ask("Hello!", said, model=model))
    text = "".join(event.text for event in events if isinstance(event, Delta))
    assert text == demo_replies.reply([{"role": "assistant", "content": "Hello!"}, {"role": "user", "content": said}])
    assert len(text) > 10_000
    assert events[-2] == Finish(FinishReason.STOP)
    assert (events[-1].tokens_out, events[-1].estimated) == (len(events) - 2, False)


@pytest.mark.parametrize(
    ("path", "body", "text", "usage"),
    [
        (
            "/v1/chat/completions",
            {"model": "demo-large", "messages": [{"role": "user", "content": "a table"}], "max_tokens": 12},
            lambda answer: answer["choices"][0]["message"]["content"],
            "completion_tokens",
        ),
        (
            "/v1/responses",
            {"model": "demo-responses", "input": "a table", "max_output_tokens": 12},
            lambda answer: answer["output"][0]["content"][0]["text"],
            "output_tokens",
        ),
        (
            "/v1/completions",
            {"model": "demo-completions", "prompt": "a table", "max_tokens": 12},
            lambda answer: answer["choices"][0]["text"],
            "completion_tokens",
        ),
    ],
)
def test_reply_can_come_whole(running, path, body, text, usage):
    status, answer = running.ask(path, body)
    assert status == 200
    assert len(text(answer)) > 30
    assert answer["usage"][usage] == 12
    assert "length" in json.dumps(answer) or answer["status"] == "incomplete"


@once
async def test_moderation_flags_one_phrase(demo_url):
    async def check(text):
        try:
            return await moderation.check(text, provider_id="demo", api_key=KEY)
        finally:
            await client.aclose()

    assert await check("Please flag me!") == moderation.Verdict(flagged=True, categories=("harassment",))
    assert await check("A red flag, methinks.") == moderation.Verdict(flagged=False)


@pytest.mark.parametrize(
    ("path", "body", "key", "status", "code"),
    [
        ("/v1/models", None, "", 401, "invalid_api_key"),
        ("/v1/models", None, "demo-0123456789abcd", 401, "invalid_api_key"),
        ("/v1/chat/completions", {"model": "demo-large", "messages": []}, "sk-0123456789abcdef", 401, "invalid_api_key"),
        ("/v1/chat/completions", {"model": "gpt-4o", "messages": []}, KEY, 404, "model_not_found"),
        ("/v1/chat/completions", {"model": "demo-large", "messages": "x"}, KEY, 400, None),
        ("/v1/chat/completions", {"model": "demo-large", "messages": ["x"]}, KEY, 400, None),
        ("/v1/chat/completions", b"[" * 100_000, KEY, 400, None),
        ("/v1/chat/completions", None, KEY, 404, "not_found"),
        ("/v1/chat/completions", {"model": "demo-responses", "messages": []}, KEY, 404, "model_not_found"),
        ("/v1/responses", {"model": "demo-large", "input": "Hi"}, KEY, 404, "model_not_found"),
        ("/v1/responses", {"model": "demo-responses", "input": 7}, KEY, 400, None),
        ("/v1/completions", {"model": "demo-completions", "prompt": ["Hi"]}, KEY, 400, None),
        ("/v1/completions", {"model": ["demo-completions"], "prompt": "Hi"}, KEY, 404, "model_not_found"),
        ("/v1/moderations", {"input": [7]}, KEY, 400, None),
        ("/v1/moderations", {"input": []}, KEY, 400, None),
        ("/v1/moderations", {"input": "Hi"}, "", 401, "invalid_api_key"),
        ("/v1/moderations", None, KEY, 404, "not_found"),
        ("/", None, KEY, 404, "not_found"),
    ],
)
def test_refusals_have_openai_s_form(running, path, body, key, status, code):
    answer = running.ask(path, body, key=key)
    assert answer[0] == status
    assert answer[1]["error"]["code"] == code
    assert not key or key not in json.dumps(answer[1])


def test_what_is_no_http_is_hung_up_on(running):
    with socket.create_connection(("127.0.0.1", running.port), timeout=2) as line:
        line.sendall(b"\x00\x01 nonsense\r\n\r\n")
        assert line.recv(100) == b""
    assert running.ask("/v1/models")[0] == 200


@once
async def test_hanging_up_is_noted(settings):
    started = Running("--record", pace="1")
    settings.DEMO_BASE_URL = started.url
    try:
        stream = client.stream(ask("Hello!", "a long one"), api_key=KEY)
        text = ""
        async for event in stream:
            text += event.text
            if len(text) > 20:
                break
        await stream.aclose()
        await client.aclose()
        await asyncio.sleep(0.2)
        (record,) = started.ask("/sent")[1]
        assert (record["finished"], record["aborted"]) == (False, True)
        assert record["text"].startswith(text)
        assert len(record["text"]) < 200
    finally:
        started.stop()


@once
async def test_demo_keeps_nothing_unless_asked_and_stops_at_once_in_the_middle_of_a_reply(settings):
    started = Running(pace="1")
    assert started.seconds_to_start < 3  # 0.4 s on a machine that does nothing else
    settings.DEMO_BASE_URL = started.url
    stream = client.stream(ask("Hello!", "a long one"), api_key=KEY)
    await anext(stream)
    assert started.ask("/sent")[0] == 404
    assert await asyncio.to_thread(started.stop) < 1
    assert started.process.returncode == -signal.SIGTERM
    with pytest.raises(errors.Interrupted):
        await _rest(stream)
    await client.aclose()
    assert started.process.stderr.read() == ""


async def _rest(stream):
    async for _ in stream:
        pass


def test_port_that_is_taken_is_named(running):
    command = [sys.executable, "-m", "gptlab.llm.demo", "--port", str(running.port)]
    ran = subprocess.run(command, check=False, capture_output=True, text=True, timeout=10)
    assert ran.returncode == 1
    assert ran.stderr.count("\n") == 1
    assert str(running.port) in ran.stderr


def test_reply_is_paced_like_a_model():
    """Measured on the pauses that are asked for, not on a clock that other tests slow down."""
    paced = demo_writing.Demo(pace=1.0, record=False)
    first = [paced.pause(*demo_writing.FIRST_TOKEN_SECONDS) for _ in range(200)]
    assert min(first) >= 0.25
    assert max(first) <= 0.5
    assert demo_writing.Demo(pace=2.0, record=False).pause(0.5, 0.5) == 0.25
    assert demo_writing.Demo(pace=0.0, record=False).pause(0.5, 0.5) == 0.0
    assert demo.KEY_LEAST == 20
