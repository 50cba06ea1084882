"""Tries what a provider can do, with an operator's key: models, each endpoint, streaming, moderation. Costs a few tokens."""

import asyncio
import time
from contextlib import aclosing
from dataclasses import dataclass

from gptlab.llm import catalog, client, errors, moderation
from gptlab.llm.deadlines import Deadlines
from gptlab.llm.messages import Delta, Message, Request, Role, Sampling, Usage
from gptlab.llm.model_facts import ENDPOINTS

DEADLINES = Deadlines(quiet=30.0, thinking=90.0, total=120.0)
ASKED = (Message(Role.SYSTEM, "Answer briefly."), Message(Role.USER, "Write the numbers from one to twenty as words."))
SAMPLING = Sampling(max_tokens=200)


@dataclass(frozen=True, slots=True)
class EndpointCheck:
    """`error` is the code of an upstream error, "empty" where no text came; nothing where it works."""

    endpoint: str
    model: str
    is_own: bool  # chats with this model go over this endpoint
    error: str = ""
    pieces: int = 0  # in which the text came
    first_text_seconds: float | None = None
    tells_usage: bool = False

    @property
    def works(self) -> bool:
        return not self.error

    @property
    def streams(self) -> bool:
        return self.pieces > 1


@dataclass(frozen=True, slots=True)
class UpstreamCheck:
    """`model` is the one that a chat would have; `moderation`: works, failed, none (it has none), off (by the operator)."""

    provider: str
    models: tuple[str, ...]
    models_error: str
    model: str
    endpoints: tuple[EndpointCheck, ...]
    moderation: str

    @property
    def can_chat(self) -> bool:
        """Signing in asks for the models; a chat then goes over its model's own endpoint."""
        return self.model in self.models and any(
            each.works and each.is_own and each.model == self.model for each in self.endpoints
        )


def check(provider_id: str, *, api_key: str, model: str = "") -> UpstreamCheck:
    """For threads: it runs event loops of its own. Raises UnknownProvider."""
    catalog.provider(provider_id)
    models, models_error = _models(provider_id, api_key)
    chosen = model or next(iter([*catalog.offered(provider_id, models), *models]), "")
    wanted = {endpoint: _model_for(provider_id, endpoint, models, chosen=chosen, is_asked=bool(model)) for endpoint in ENDPOINTS}
    endpoints, moderates = asyncio.run(_try_all(provider_id, wanted, api_key=api_key))
    return UpstreamCheck(provider_id, models, models_error, chosen, endpoints, moderates)


def _models(provider_id: str, api_key: str) -> tuple[tuple[str, ...], str]:
    try:
        return tuple(client.models(provider_id, api_key=api_key)), ""
    except errors.UpstreamError as error:
        return (), error.code


def _model_for(provider_id: str, endpoint: str, models: tuple[str, ...], *, chosen: str, is_asked: bool) -> str:
    """The chosen one, unless another one that is there is known to have this endpoint, and nobody asked for a certain one."""
    if is_asked or (chosen and catalog.model(provider_id, chosen).endpoint == endpoint):
        return chosen
    offered = catalog.offered(provider_id, models)
    return next((name for name in offered if catalog.model(provider_id, name).endpoint == endpoint), chosen)


async def _try_all(provider_id: str, wanted: dict[str, str], *, api_key: str) -> tuple[tuple[EndpointCheck, ...], str]:
    try:
        tried = [await _try(provider_id, endpoint, model, api_key) for endpoint, model in wanted.items() if model]
        return tuple(tried), await _moderation(provider_id, api_key)
    finally:
        await client.aclose()


async def _try(provider_id: str, endpoint: str, model: str, api_key: str) -> EndpointCheck:
    request = Request(provider_id, model, ASKED, SAMPLING)
    pieces, first, tells_usage, error, began = 0, None, False, "", time.monotonic()
    try:
        async with aclosing(client.stream(request, api_key=api_key, deadlines=DEADLINES, endpoint=endpoint)) as events:
            async for event in events:
                if isinstance(event, Delta):
                    pieces += 1
                    first = first or round(time.monotonic() - began, 2)
                tells_usage = tells_usage or isinstance(event, Usage)
    except errors.UpstreamError as failure:
        error = failure.code
    is_own = catalog.model(provider_id, model).endpoint == endpoint
    return EndpointCheck(endpoint, model, is_own, error or ("" if pieces else "empty"), pieces, first, tells_usage)


async def _moderation(provider_id: str, api_key: str) -> str:
    if not catalog.provider(provider_id).moderates:
        return "none"
    if not moderation.moderates(provider_id):
        return "off"
    verdict = await moderation.check(ASKED[-1].text, provider_id=provider_id, api_key=api_key)
    return "works" if verdict is not None else "failed"
