"""Asks for replies and reads them, whichever endpoint the model has: as they are written, or as a whole.

The stream's bytes are read by us (`reading`), because the SDK's typed events cost ten times as much.
"""

import asyncio
import random
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, closing
from dataclasses import replace
from typing import TYPE_CHECKING

import orjson

from gptlab.llm import catalog, chat, completion, connection, errors, learned, refusals, responses, tokens
from gptlab.llm.deadlines import DEADLINES, Deadlines, Watch
from gptlab.llm.messages import Completion, Delta, Event, Finish, FinishReason, Request, Usage
from gptlab.llm.reading import Reading

if TYPE_CHECKING:
    import httpx2

__all__ = ["aclose", "complete", "models", "stream", "warm"]

RETRIES = 2
RETRY_AFTER_MOST_SECONDS = 20.0
MODELS_SECONDS = 10.0
_MODEL_NAME_MOST = 200

Signal = Callable[[], None]

_ENDPOINTS = {"chat": chat, "responses": responses, "completions": completion}

aclose = connection.aclose


async def stream(
    request: Request, *, api_key: str, deadlines: Deadlines = DEADLINES, begun: Signal = lambda: None, endpoint: str = ""
) -> AsyncGenerator[Event]:
    """The reply as it is written: Deltas, one Finish, then the Usage if the upstream tells it. Raises UpstreamError.

    `begun` is called at the first byte of an answer that is no refusal: from then on the visitor pays, text or not.
    `endpoint` is for who tries which ones there are; else it is the model's own.

    It never ends by itself without a Finish. Closing it, or cancelling the task that reads it, closes the upstream's socket.
    """
    import httpx2

    info = _allowed(request, endpoint)
    reading = Reading(_ENDPOINTS[info.endpoint].Reader())
    broken: errors.UpstreamError | None = None
    with closing(Watch(deadlines, reasoning=info.reasoning)) as watch:
        response = await _open(request, info, api_key=api_key, deadlines=deadlines, watch=watch)
        begun()
        async with aclosing(response), aclosing(connection.content(response)) as chunks:
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
            await connection.drain(chunks)


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
        connection.open_client(provider.base_url)


def _allowed(request: Request, endpoint: str) -> catalog.ModelInfo:
    info = catalog.model(request.provider, request.model)
    if not info.allowed:  # the operator's last word, whatever a visit still has in its list
        raise errors.ModelNotAllowed
    return replace(info, endpoint=endpoint) if endpoint else info


async def _open(
    request: Request, info: catalog.ModelInfo, *, api_key: str, deadlines: Deadlines, watch: Watch
) -> "httpx2.Response":
    """The answer, from its first byte on. Only before that byte is a request sent again: after it the visitor pays."""
    provider = catalog.provider(request.provider)
    endpoint = _ENDPOINTS[info.endpoint]
    body = _body(request, info, provider)
    attempt = 0
    while True:
        answer = await connection.send(
            provider, endpoint.path, api_key=api_key, body=body, connect=deadlines.connect, watch=watch
        )
        if not isinstance(answer, errors.UpstreamError):
            return answer
        if isinstance(answer, errors.BadRequest) and answer.parameter:
            learned.learn(provider.id, request.model, answer.parameter)
            refused, body = body, _body(request, info, provider)
            if body != refused:  # each time it is shorter or has a name less to try: this ends
                continue
        pause = _pause(answer, attempt=attempt, backoff=deadlines.backoff)
        if pause is None or not watch.leaves(pause):
            raise answer
        attempt += 1
        await asyncio.sleep(pause)


def _body(request: Request, info: catalog.ModelInfo, provider: catalog.Provider) -> bytes:
    """What the model's endpoint takes, without what the model has refused before."""
    fields = _ENDPOINTS[info.endpoint].body(
        request, learned.known(provider.id, info), store=False if provider.takes_store else None
    )
    return orjson.dumps(fields)


def _pause(error: errors.UpstreamError, *, attempt: int, backoff: float) -> float | None:
    """Seconds until the request may be sent again; None: it must not."""
    if attempt >= RETRIES or not isinstance(error, errors.RateLimited | errors.ServerFailed | errors.Unreachable):
        return None
    if error.retry_after is not None:
        return error.retry_after if error.retry_after <= RETRY_AFTER_MOST_SECONDS else None
    return float(backoff * 2**attempt * random.uniform(0.5, 1.0))


async def _models(provider: catalog.Provider, *, api_key: str) -> list[str] | errors.UpstreamError:
    try:
        answer = await connection.fetch(provider, "models", api_key=api_key, seconds=MODELS_SECONDS)
    finally:
        await connection.aclose()
    return answer if isinstance(answer, errors.UpstreamError) else _names(provider, answer)


def _names(provider: catalog.Provider, listing: object) -> list[str] | errors.UpstreamError:
    data = listing.get("data") if isinstance(listing, dict) else None
    if not isinstance(data, list):
        refusal = refusals.refusal_in(listing) if isinstance(listing, dict) else None
        return refusal or errors.ServerFailed()
    names = [item.get("id") for item in data if isinstance(item, dict)]
    fit = [name for name in names if isinstance(name, str) and 0 < len(name) <= _MODEL_NAME_MOST and name.isprintable()]
    return catalog.usable(provider.id, fit)
