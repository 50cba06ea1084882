"""Neither the key nor the prompt is in any log record or error, whatever the upstream says and however it fails."""

import contextlib
import logging
import traceback

import pytest

from gptlab.llm import client, errors
from gptlab.llm.deadlines import Deadlines
from gptlab.llm.messages import Message, Request, Role

KEY = "sk-marker-of-the-key-0123456789"
PROMPT = "marker of the prompt"
SCRIPTS = [
    "echo",
    "leaky:400",
    "leaky:401",
    "leaky:429",
    "leaky:500",
    "invalid_key",
    "html:502",
    "drop",
    "redirect",
    "cut_after:3",
    "hang_after:1",
    "wire:error that says too much",
    "wire:error as plain JSON",
    "wire:HTML",
    "wire:invalid UTF-8",
]


@pytest.fixture
def logs(caplog):
    """What every logger says, openai's, httpx2's and aiohttp's among them, though the settings keep them quiet."""
    with contextlib.ExitStack() as stack:
        for name in ["", *logging.root.manager.loggerDict]:
            stack.enter_context(caplog.at_level(logging.DEBUG, logger=name))
        yield caplog


def assert_hidden(text):
    for secret in ("marker-of-the-key", "marker of the prompt", "marker-of-the-prompt", "sk-secret-key"):
        assert secret not in text


def assert_tells_nothing(error, logs):
    """The error with its traceback, which leads to no other one, and all that was logged."""
    if error is not None:
        assert error.__cause__ is error.__context__ is None
        assert_hidden(f"{error} {error!r} {error.args!r} {error.__dict__!r} {''.join(traceback.format_exception(error))}")
    for record in logs.get_records("call"):
        assert_hidden(f"{record.getMessage()} {record.args!r} {record.exc_text or ''}")


async def failure_of(request, *, api_key=KEY):
    try:
        async for _ in client.stream(request, api_key=api_key, deadlines=Deadlines(quiet=0.2, backoff=0.01)):
            pass
    except errors.UpstreamError as error:
        return error
    finally:
        await client.aclose()


@pytest.mark.asyncio(loop_factories=["uvloop"])
@pytest.mark.parametrize("script", SCRIPTS)
async def test_nothing_of_a_reply_is_told(script, logs):
    error = await failure_of(Request("openai", "gpt-4.1-mini", (Message(Role.USER, f"{PROMPT} [[script={script}]]"),)))
    assert (error is None) == (script in {"echo", "wire:invalid UTF-8"})
    assert any(record.name == "openai._base_client" for record in logs.get_records("call"))
    assert_tells_nothing(error, logs)


@pytest.mark.parametrize("script", ["invalid_key", "leaky.400", "leaky.500", "drop", "html.200"])
def test_nothing_of_a_sign_in_is_told(script, logs):
    api_key = f"sk-script.{script}-marker-of-the-key"
    with pytest.raises(errors.UpstreamError) as caught:
        client.models("openai", api_key=api_key)
    assert_tells_nothing(caught.value, logs)


@pytest.mark.parametrize("api_key", ["sk-marker-of-the-key\r\nX-Evil: 1", "sk-marker-of-the-key-🔑"])
async def test_key_that_is_no_header_is_not_told(api_key, logs):
    error = await failure_of(Request("openai", "gpt-4.1-mini", (Message(Role.USER, PROMPT),)), api_key=api_key)
    assert isinstance(error, errors.KeyRejected)
    assert_tells_nothing(error, logs)


async def test_text_that_is_no_utf8_is_not_told(logs):
    assert await failure_of(Request("openai", "gpt-4.1-mini", (Message(Role.USER, f"{PROMPT} \ud83e"),))) is None
    assert_tells_nothing(None, logs)
