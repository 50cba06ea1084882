import asyncio
import contextlib
import socket
import time

import pytest

from gptlab.llm import client, connection, errors
from gptlab.llm.deadlines import Deadlines
from gptlab.llm.messages import Delta, Finish, FinishReason, Sampling, Usage
from tests.fakes.wire_cases import CASES
from tests.gptlab.llm.asking import KEY, PROMPT, QUICK, ask, read, sent_for, text_of, until

pytestmark = pytest.mark.usefixtures("connections")


async def test_reply_is_streamed(upstream):
    events, error = await read(ask(text="How are you?"))
    assert error is None
    assert text_of(events) == "You said: How are you?"
    assert len(events) > 3
    assert events[-2:] == [Finish(FinishReason.STOP), Usage(3, 6)]


@pytest.mark.asyncio(loop_factories=["uvloop"])
@pytest.mark.parametrize(("endpoint", "name"), [(endpoint, name) for endpoint, cases in CASES.items() for name in cases])
async def test_reply_over_the_wire(endpoint, name, every_endpoint):
    case = CASES[endpoint][name]
    events, error = await read(ask(f"wire:{name}", model=f"over-{endpoint}"))
    assert text_of(events) == case.text
    assert (error.code if error else next(event.reason for event in events if isinstance(event, Finish))) == case.end
    assert [event for event in events if isinstance(event, Usage)] == ([case.usage] if case.usage else [])


@pytest.mark.parametrize(
    ("script", "kind", "retry_after", "requests"),
    [
        ("invalid_key", errors.KeyRejected, None, 1),
        ("forbidden", errors.ModelNotAllowed, None, 1),
        ("model_not_found", errors.ModelNotAllowed, None, 1),
        ("quota", errors.QuotaExceeded, None, 1),
        ("context_too_long", errors.ContextTooLong, None, 1),
        ("content_filter", errors.ContentFiltered, None, 1),
        ("bad_parameter", errors.BadRequest, None, 1),
        ("redirect", errors.BadRequest, None, 1),
        ("leaky:400", errors.BadRequest, None, 1),
        ("rate_limited", errors.RateLimited, None, 3),
        ("rate_limited:0.01", errors.RateLimited, 0.01, 3),
        ("rate_limited:21", errors.RateLimited, 21.0, 1),
        ("status:500", errors.ServerFailed, None, 3),
        ("status:503", errors.ServerFailed, None, 3),
        ("html:502", errors.ServerFailed, None, 3),
        ("endless_error", errors.ServerFailed, None, 3),
        ("drop", errors.Unreachable, None, 3),
        ("cut_after:0", errors.ServerFailed, None, 1),
        ("cut_after:5", errors.Interrupted, None, 1),
        ("no_finish:0", errors.ServerFailed, None, 1),
        ("no_finish:5", errors.Interrupted, None, 1),
    ],
)
async def test_refusal_becomes_an_error_of_ours(upstream, script, kind, retry_after, requests):
    request = ask(script)
    events, error = await read(request)
    assert type(error) is kind
    assert error.retry_after == retry_after
    assert len(sent_for(upstream, request)) == requests
    assert text_of(events) == ("k0000 k0001 k0002 k0003 k0004 " if kind is errors.Interrupted else "")


@pytest.mark.parametrize("script", ["flaky:1:500", "flaky:2:503", "flaky:2:429:0", "flaky:1:0", "flaky:1:503:0.05"])
async def test_failure_before_the_first_byte_is_tried_again(upstream, script):
    request = ask(script)
    events, error = await read(request)
    assert error is None
    assert text_of(events).startswith("You said:")
    assert len(sent_for(upstream, request)) == int(script.split(":")[1]) + 1


async def test_retry_waits_as_long_as_the_upstream_asks(upstream):
    request = ask("flaky:1:429:0.3")
    assert (await read(request))[1] is None
    first, second = (record["arrived"] for record in sent_for(upstream, request))
    assert 0.3 <= second - first < 1


async def test_no_retry_begins_that_could_not_end_in_time(upstream):
    request = ask("flaky:1:429:5")
    _, error = await read(request, deadlines=Deadlines(total=1))
    assert isinstance(error, errors.RateLimited)
    assert len(sent_for(upstream, request)) == 1


async def test_nobody_there_is_unreachable(settings):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    settings.OPENAI_BASE_URL = f"http://127.0.0.1:{port}/v1"
    _, error = await read(ask(text="Hello"))
    assert type(error) is errors.Unreachable


async def test_connecting_has_a_deadline(settings):
    with contextlib.ExitStack() as stack:
        full = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(4):  # a backlog that is full swallows further connections
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        settings.OPENAI_BASE_URL = f"http://127.0.0.1:{full.getsockname()[1]}/v1"
        began = time.monotonic()
        _, error = await read(ask(text="Hello"), deadlines=Deadlines(connect=0.1, backoff=0.01))
    assert type(error) is errors.Unreachable
    assert time.monotonic() - began < PROMPT


@pytest.mark.parametrize(
    ("script", "deadlines", "text"),
    [
        ("hang", Deadlines(quiet=0.2), ""),
        ("hang_after:2", Deadlines(quiet=0.2), "k0000 k0001 "),
        ("think:60", Deadlines(quiet=0.2), ""),
        ("slow:60:1000", Deadlines(total=0.4), "k0000 "),
        ("ping:60", Deadlines(total=0.4), ""),
    ],
)
async def test_silence_times_out(upstream, script, deadlines, text):
    request, began = ask(script), time.monotonic()
    events, error = await read(request, deadlines=deadlines)
    assert type(error) is errors.TimedOut
    assert text_of(events).startswith(text)
    assert time.monotonic() - began < PROMPT
    assert len(sent_for(upstream, request)) == 1
    await until(lambda: sent_for(upstream, request)[0]["peer_closed"])


@pytest.mark.parametrize("script", ["slow:100:16", "ping:1.6"])
async def test_slow_is_not_silent(script):
    assert (await read(ask(script), deadlines=Deadlines(quiet=1.2)))[1] is None


async def test_reasoning_model_may_think_but_not_pause():
    deadlines = Deadlines(quiet=0.3, thinking=20)
    assert (await read(ask("think:0.6", model="gpt-6-luna"), deadlines=deadlines))[1] is None
    began = time.monotonic()
    _, error = await read(ask("hang_after:2", model="gpt-6-luna"), deadlines=deadlines)
    assert type(error) is errors.TimedOut
    assert time.monotonic() - began < PROMPT


async def test_reply_is_whole_though_the_upstream_does_not_hang_up():
    began = time.monotonic()
    events, error = await read(ask("linger"), deadlines=Deadlines(after_finish=0.2))
    assert error is None
    assert isinstance(events[-1], Usage)
    assert time.monotonic() - began < PROMPT


async def test_reply_is_whole_though_the_upstream_writes_on_and_on(upstream):
    request, began = ask("babble"), time.monotonic()
    events, error = await read(request, deadlines=Deadlines(after_finish=0.2))
    assert (text_of(events), error) == ("k0000 k0001 k0002 ", None)
    assert time.monotonic() - began < PROMPT
    await until(lambda: sent_for(upstream, request)[0]["peer_closed"])


async def test_reply_is_whole_though_the_upstream_hangs_up_rudely():
    events, error = await read(ask("cut_after_done"))
    assert error is None
    assert text_of(events) == "k0000 k0001 k0002 "
    assert isinstance(events[-1], Usage)


async def test_timeout_of_the_reader_is_the_reader_s():
    stream = client.stream(ask("hang_after:1"), api_key=KEY, deadlines=Deadlines(quiet=5))
    assert await anext(stream) == Delta("k0000 ")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await anext(stream)


@pytest.mark.parametrize("how", ["aclose", "cancel", "cancel early", "break"])
async def test_closing_hangs_up_at_once(upstream, how):
    request = ask("hang" if how == "cancel early" else "slow:20:10000")

    async def reading():
        async for _ in client.stream(request, api_key=KEY):
            pass

    if how == "aclose":
        stream = client.stream(request, api_key=KEY)
        await anext(stream)
        await stream.aclose()
    elif how == "break":
        async for _ in client.stream(request, api_key=KEY):
            break
    else:
        task = asyncio.create_task(reading())
        await until(lambda: sent_for(upstream, request))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    closed = time.monotonic()
    await until(lambda: sent_for(upstream, request)[0]["peer_closed"])
    assert sent_for(upstream, request)[0]["peer_closed"] - closed < 0.5


async def test_key_is_the_visitor_s_and_store_is_off(upstream):
    request = ask(text="whose key?", sampling=Sampling(max_tokens=9))
    await read(request)
    record = sent_for(upstream, request)[-1]
    assert record["headers"]["authorization"] == f"Bearer {KEY}"
    assert record["body"]["store"] is False
    assert record["body"]["max_completion_tokens"] == 9
    assert record["path"] == "/v1/chat/completions"


async def test_keyless_server_never_sees_the_key(upstream):
    request = ask(text="no key, please", provider="attic-box", model="llama3.2")
    assert (await read(request, api_key="lab-0123456789abcdef"))[1] is None
    record = sent_for(upstream, request)[-1]
    assert record["headers"]["authorization"] == "Bearer none"
    assert "lab-0123456789abcdef" not in str(record)
    assert "store" not in record["body"]


@pytest.mark.asyncio(loop_factories=["uvloop"])
@pytest.mark.parametrize("api_key", ["", "sk-a b", "sk-a\r\nX-Evil: 1", "sk-🔑", "sk-\0", "sk-\u200b"])
async def test_key_that_is_no_header_is_rejected_without_asking(upstream, api_key):
    before = len(upstream.sent)
    assert type((await read(ask(text="Hello"), api_key=api_key))[1]) is errors.KeyRejected
    assert len(upstream.sent) == before


async def test_operator_s_environment_stays_out(upstream, monkeypatch):
    for name in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.setenv(name, "of-the-operator")
    await client.aclose()
    request = ask(text="environment?")
    await read(request)
    assert "of-the-operator" not in str(sent_for(upstream, request))


async def test_visitors_share_no_cookies(upstream):
    await read(ask("cookie"))
    request = ask("cookie")
    await read(request)
    assert "cookie" not in sent_for(upstream, request)[0]["headers"]


async def test_compressed_reply_is_read_though_nobody_asked_for_it(upstream):
    request = ask("gzip")
    events, error = await read(request)
    assert (text_of(events), error) == ("Hello", None)
    assert sent_for(upstream, request)[0]["headers"]["accept-encoding"] == "identity"


async def test_redirect_is_not_followed(upstream):
    before = len(upstream.sent)
    await read(ask("redirect"))
    assert [record["path"] for record in upstream.sent[before:]] == ["/v1/chat/completions"]


@pytest.mark.parametrize("script", ["say:3", "late_end"])
async def test_connection_is_used_again(upstream, script):
    await read(ask(script))
    before = upstream.connections
    for _ in range(3):
        await read(ask(script))
    assert upstream.connections == before


async def test_connection_that_died_idle_is_replaced(upstream):
    await read(ask(text="first"))
    upstream.hang_up_idle()
    request = ask(text="after a nap")
    assert (await read(request))[1] is None


async def test_many_replies_at_once():
    results = await asyncio.gather(*(read(ask(f"slow:1:{20 + index}")) for index in range(40)))
    assert all(error is None for _, error in results)
    assert [len(text_of(events)) for events, _ in results] == [6 * (20 + index) for index in range(40)]


async def test_warm_opens_what_the_first_reply_needs():
    opened = dict(connection._clients[asyncio.get_running_loop()])
    await read(ask(text="Hello"))
    assert connection._clients[asyncio.get_running_loop()] == opened
    await client.aclose()
    assert asyncio.get_running_loop() not in connection._clients


async def test_unknown_provider_is_no_upstream_error():
    from gptlab.llm.catalog import UnknownProvider

    with pytest.raises(UnknownProvider):
        await anext(client.stream(ask(text="x", provider="nobody"), api_key=KEY))


async def test_reply_can_be_had_as_a_whole(upstream):
    whole = await client.complete(ask("say:3"), api_key=KEY)
    assert (whole.text, whole.finish) == ("k0000 k0001 k0002 ", FinishReason.STOP)
    assert not whole.usage.estimated
    assert "k0000" not in repr(whole)


async def test_usage_that_is_not_told_is_estimated():
    whole = await client.complete(ask("wire:length"), api_key=KEY)
    assert (whole.text, whole.finish) == ("Hel", FinishReason.LENGTH)
    assert whole.usage.estimated
    assert whole.usage.tokens_in > 10
    assert whole.usage.tokens_out == 1


@pytest.mark.parametrize(("script", "kind"), [("invalid_key", errors.KeyRejected), ("cut_after:5", errors.Interrupted)])
async def test_half_a_reply_is_no_whole_one(script, kind):
    with pytest.raises(kind):
        await client.complete(ask(script), api_key=KEY, deadlines=QUICK)
