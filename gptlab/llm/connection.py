"""The line to a provider: the SDK's clients, what goes in the headers, sending, and JSON answers. The only importer of `openai`.

The SDK builds the request and names the failure; its errors end here, as ours. Failures travel as values and are raised outside
the `except` that caught the SDK's error, so that nobody finds the request, with the key and the prompt in it, in a `__context__`.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, MutableMapping
from contextlib import aclosing, closing, suppress
from typing import TYPE_CHECKING, cast
from weakref import WeakKeyDictionary

from gptlab.llm import catalog, errors, refusals, wire
from gptlab.llm.deadlines import DEADLINES, Deadlines, Watch

if TYPE_CHECKING:  # half a second and 25 MB: the web process needs them at the first sign-in only
    import httpx2
    import openai

ANSWER_MOST_BYTES = 4 * 1024 * 1024
_DRAIN_SECONDS = 0.1
_NO_KEY = "none"  # for a server that needs no key: the visitor's own one opens their chats

Headers = dict[str, "str | openai.Omit"]

_clients: MutableMapping[asyncio.AbstractEventLoop, dict[str, "openai.AsyncOpenAI"]] = WeakKeyDictionary()


def open_client(base_url: str) -> "openai.AsyncOpenAI":
    """The running loop's client of a server: connections belong to a loop."""
    clients = _clients.setdefault(asyncio.get_running_loop(), {})
    if base_url not in clients:
        clients[base_url] = _new_client(base_url)
    return clients[base_url]


async def aclose() -> None:
    """Closes the running loop's clients."""
    for client in _clients.pop(asyncio.get_running_loop(), {}).values():
        await client.close()


async def send(
    provider: catalog.Provider, path: str, *, api_key: str, body: bytes | None = None, connect: float, watch: Watch
) -> "httpx2.Response | errors.UpstreamError":
    """Posts the body, or gets if there is none. The answer, once it has begun, or why there is none."""
    import httpx2
    import openai

    client = open_client(provider.base_url)
    timeout = httpx2.Timeout(None, connect=connect)
    options: openai.RequestOptions = {"headers": _headers(provider, api_key=api_key), "timeout": timeout}
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


async def fetch(
    provider: catalog.Provider, path: str, *, api_key: str, body: bytes | None = None, seconds: float
) -> object | errors.UpstreamError:
    """A whole answer in JSON (None where it is none), or why there is none. All of it within so many seconds."""
    import httpx2

    with closing(Watch(Deadlines(quiet=seconds, total=seconds), reasoning=False)) as watch:
        answer = await send(provider, path, api_key=api_key, body=body, connect=min(DEADLINES.connect, seconds), watch=watch)
        if isinstance(answer, errors.UpstreamError):
            return answer
        said = b""
        try:
            async with aclosing(answer), aclosing(content(answer)) as chunks:
                while len(said) <= ANSWER_MOST_BYTES:
                    with watch:
                        chunk = await anext(chunks, None)
                    if chunk is None:
                        return wire.parse(said)
                    said += chunk
        except TimeoutError:
            return errors.TimedOut()
        except httpx2.HTTPError:
            return errors.ServerFailed()
    return errors.ServerFailed()


def content(response: "httpx2.Response") -> AsyncGenerator[bytes]:
    """The body as it comes. httpx's own iterator would decode it, at a cost for every token: we ask for it as it is."""
    if "content-encoding" in response.headers:
        return response.aiter_bytes()
    return cast("AsyncGenerator[bytes]", aiter(cast("httpx2.AsyncByteStream", response.stream)))


async def drain(chunks: AsyncIterator[bytes]) -> None:
    """Waits a moment for the end of the body, so that the connection can serve the next request."""
    import httpx2

    with suppress(TimeoutError, httpx2.HTTPError):
        async with asyncio.timeout(_DRAIN_SECONDS):
            async for _ in chunks:
                pass


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


def _new_client(base_url: str) -> "openai.AsyncOpenAI":
    import httpx2
    import openai

    from gptlab.llm.transport import Transport

    # A redirect would carry the prompt to where the operator did not send it.
    http = httpx2.AsyncClient(transport=Transport(), follow_redirects=False, trust_env=False)
    return openai.AsyncOpenAI(base_url=base_url, api_key=_NO_KEY, max_retries=0, http_client=http)
