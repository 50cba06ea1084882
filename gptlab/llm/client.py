"""Sends requests upstream and streams the replies. The only importer of `openai`: its errors end here, as ours.

The SDK builds the request and names the failure; the stream's bytes are read by us (`reading`), because its typed events cost
ten times as much. Failures travel as values and are raised outside the `except` that caught the SDK's error, so that nobody
finds the request, with the key and the prompt in it, in a `__context__`.
"""

import asyncio
import random
from collections.abc import AsyncGenerator, AsyncIterator, Callable, MutableMapping
from contextlib import aclosing, closing, suppress
from typing import TYPE_CHECKING, cast
from weakref import WeakKeyDictionary

import orjson

from gptlab.llm import catalog, chat, errors, refusals, tokens, wire
from gptlab.llm.deadlines import DEADLINES, Deadlines, Watch
from gptlab.llm.messages import Completion, Delta, Event, Finish, FinishReason, Request, Usage
from gptlab.llm.reading import Reading

if TYPE_CHECKING:  # half a second and 25 MB: the web process needs them at the first sign-in only
    import httpx2
    import openai

RETRIES = 2
RETRY_AFTER_MOST_SECONDS = 20.0
MODELS_MOST_BYTES = 4 * 1024 * 1024
MODELS_SECONDS = 10.0
_MODEL_NAME_MOST = 200
_DRAIN_SECONDS = 0.1
_NO_KEY = "none"  # for a server that needs no key: the visitor's own one opens their chats

Headers = dict[str, "str | openai.Omit"]

_clients: MutableMapping[asyncio.AbstractEventLoop, dict[str, "openai.AsyncOpenAI"]] = WeakKeyDictionary()


async def stream(
    request: Request, *, api_key: str, deadlines: Deadlines = DEADLINES, begun: Callable[[], None] = lambda: None
) -> AsyncGenerator[Event]:
    """The reply as it is written: Deltas, one Finish, then the Usage if the upstream tells it. Raises UpstreamError.

    `begun` is called at the first byte of an answer that is no refusal: from then on the visitor pays, text or not.

    It never ends by itself without a Finish. Closing it, or cancelling the task that reads it, closes the upstream's socket.
    """
    import httpx2

    reading = Reading(chat.read)
    broken: errors.UpstreamError | None = None
    with closing(Watch(deadlines, reasoning=catalog.model(request.provider, request.model).reasoning)) as watch:
        response = await _open(request, api_key=api_key, deadlines=deadlines, watch=watch)
        begun()
        async with aclosing(response), aclosing(_bytes(response)) as chunks:
            try:
                while not reading.done:
                    with watch:
                        chunk = await anext(chunks, None)
                    if chunk is None:
                        break
                    for event in reading.feed(chunk):
                        yield event
                    watch.heard(reading)
            except TimeoutError:
                broken = errors.TimedOut()
            except httpx2.HTTPError:
                broken = errors.ServerFailed()
            for event in reading.close():
                yield event
            if failure := reading.failure(broken):
                raise failure
            await _drain(chunks)


async def complete(request: Request, *, api_key: str, deadlines: Deadlines = DEADLINES) -> Completion:
    """The reply as a whole, for jobs in the background. Raises UpstreamError where `stream` does: half a reply is none."""
    pieces: list[str] = []
    finish = FinishReason.STOP
    usage: Usage | None = None
    async with aclosing(stream(request, api_key=api_key, deadlines=deadlines)) as events:
        async for event in events:
            if isinstance(event, Delta):
                pieces.append(event.text)
            elif isinstance(event, Finish):
                finish = event.reason
            else:
                usage = event
    text = "".join(pieces)
    if usage is None:
        usage = await asyncio.to_thread(tokens.estimate, request, text)
    return Completion(text, finish, usage)


def models(provider_id: str, *, api_key: str) -> list[str]:
    """The names of the models with which this key can chat, sorted. For threads: it runs an event loop of its own."""
    answer = asyncio.run(_models(catalog.provider(provider_id), api_key=api_key))
    if isinstance(answer, errors.UpstreamError):
        raise answer
    return answer


async def warm() -> None:
    """Imports the SDK and opens the running loop's clients, so that no visitor waits for it."""
    for provider in catalog.providers():
        _client(provider.base_url)


async def aclose() -> None:
    """Closes the running loop's clients."""
    for client in _clients.pop(asyncio.get_running_loop(), {}).values():
        await client.close()


async def _open(request: Request, *, api_key: str, deadlines: Deadlines, watch: Watch) -> "httpx2.Response":
    """The answer, from its first byte on. Only before that byte is a request sent again: after it the visitor pays."""
    provider = catalog.provider(request.provider)
    info = catalog.model(request.provider, request.model)
    client = _client(provider.base_url)
    headers = _headers(provider, api_key=api_key)
    body = orjson.dumps(chat.body(request, info, store=False if provider.takes_store else None))
    attempt = 0
    while True:
        answer = await _send(client, chat.path, headers, body=body, connect=deadlines.connect, watch=watch)
        if not isinstance(answer, errors.UpstreamError):
            return answer
        pause = _pause(answer, attempt=attempt, backoff=deadlines.backoff)
        if pause is None or not watch.leaves(pause):
            raise answer
        attempt += 1
        await asyncio.sleep(pause)


def _pause(error: errors.UpstreamError, *, attempt: int, backoff: float) -> float | None:
    """Seconds until the request may be sent again; None: it must not."""
    if attempt >= RETRIES or not isinstance(error, errors.RateLimited | errors.ServerFailed | errors.Unreachable):
        return None
    if error.retry_after is not None:
        return error.retry_after if error.retry_after <= RETRY_AFTER_MOST_SECONDS else None
    return float(backoff * 2**attempt * random.uniform(0.5, 1.0))


async def _send(
    client: "openai.AsyncOpenAI", path: str, headers: Headers, *, body: bytes | None = None, connect: float, watch: Watch
) -> "httpx2.Response | errors.UpstreamError":
    """Posts the body, or gets if there is none. The answer, once it has begun, or why there is none."""
    import httpx2
    import openai

    options: openai.RequestOptions = {"headers": headers, "timeout": httpx2.Timeout(None, connect=connect)}
    try:
        with watch:
            if body is None:
                return await client.get(path, cast_to=httpx2.Response, options=options)
            return await client.post(path, cast_to=httpx2.Response, content=body, options=options)
    except TimeoutError:
        return errors.TimedOut()
    except openai.APIStatusError as error:
        return refusals.refusal(error.status_code, error.body, retry_after=refusals.retry_after(error.response.headers))
    except (openai.APIConnectionError, httpx2.HTTPError):
        return errors.Unreachable()


def _bytes(response: "httpx2.Response") -> AsyncGenerator[bytes]:
    """The body as it comes. httpx's own iterator would decode it, at a cost for every token: we ask for it as it is."""
    if "content-encoding" in response.headers:
        return response.aiter_bytes()
    return cast("AsyncGenerator[bytes]", aiter(cast("httpx2.AsyncByteStream", response.stream)))


async def _drain(chunks: AsyncIterator[bytes]) -> None:
    """Waits a moment for the end of the body, so that the connection can serve the next request."""
    import httpx2

    with suppress(TimeoutError, httpx2.HTTPError):
        async with asyncio.timeout(_DRAIN_SECONDS):
            async for _ in chunks:
                pass


async def _models(provider: catalog.Provider, *, api_key: str) -> list[str] | errors.UpstreamError:
    import httpx2

    client = _new_client(provider.base_url)
    watch = Watch(Deadlines(quiet=MODELS_SECONDS, total=MODELS_SECONDS), reasoning=False)
    try:
        answer = await _send(client, "models", _headers(provider, api_key=api_key), connect=DEADLINES.connect, watch=watch)
        if isinstance(answer, errors.UpstreamError):
            return answer
        body = b""
        async with aclosing(answer), aclosing(_bytes(answer)) as chunks:
            while len(body) <= MODELS_MOST_BYTES:
                with watch:
                    chunk = await anext(chunks, None)
                if chunk is None:
                    return _names(provider, wire.parse(body))
                body += chunk
    except TimeoutError:
        return errors.TimedOut()
    except httpx2.HTTPError:
        return errors.ServerFailed()
    finally:
        watch.close()
        await client.close()
    return errors.ServerFailed()


def _names(provider: catalog.Provider, listing: object) -> list[str] | errors.UpstreamError:
    data = listing.get("data") if isinstance(listing, dict) else None
    if not isinstance(data, list):
        refusal = refusals.refusal_in(listing) if isinstance(listing, dict) else None
        return refusal or errors.ServerFailed()
    names = [item.get("id") for item in data if isinstance(item, dict)]
    usable = [name for name in names if isinstance(name, str) and 0 < len(name) <= _MODEL_NAME_MOST and name.isprintable()]
    return catalog.chat_models(provider.id, usable)


def _headers(provider: catalog.Provider, *, api_key: str) -> Headers:
    """Per request, since visitors share a client. Raises KeyRejected for what can't be a header: the SDK's error quotes it."""
    import openai

    if not api_key or not api_key.isascii() or not api_key.isprintable() or " " in api_key:
        raise errors.KeyRejected
    return {
        "Authorization": f"Bearer {api_key if provider.sends_key else _NO_KEY}",
        "Accept-Encoding": "identity",
        "X-Stainless-Raw-Response": "stream",  # the SDK's sign for `with_streaming_response`
        # Of the operator's environment, not of the visitor
        "OpenAI-Organization": openai.Omit(),
        "OpenAI-Project": openai.Omit(),
    }


def _client(base_url: str) -> "openai.AsyncOpenAI":
    """The running loop's client of a server: connections belong to a loop."""
    clients = _clients.setdefault(asyncio.get_running_loop(), {})
    if base_url not in clients:
        clients[base_url] = _new_client(base_url)
    return clients[base_url]


def _new_client(base_url: str) -> "openai.AsyncOpenAI":
    import httpx2
    import openai

    from gptlab.llm.transport import Transport

    # A redirect would carry the prompt to where the operator did not send it.
    http = httpx2.AsyncClient(transport=Transport(), follow_redirects=False, trust_env=False)
    return openai.AsyncOpenAI(base_url=base_url, api_key=_NO_KEY, max_retries=0, http_client=http)
