"""What the provider's moderation says of a message. It informs: whatever goes wrong, nobody waits for it and nothing fails."""

import logging
from dataclasses import dataclass

import orjson
from django.conf import settings

from gptlab.llm import catalog, connection, errors, wire

logger = logging.getLogger(__name__)

MODEL = "omni-moderation-latest"
SECONDS = 10.0
_CATEGORIES_MOST, _CATEGORY_MOST = 50, 64  # more, or longer, is no name of a category


@dataclass(frozen=True, slots=True, repr=False)
class Verdict:
    """`categories` that the text falls in, as the provider calls them ("harassment/threatening"), sorted."""

    flagged: bool
    categories: tuple[str, ...] = ()


def moderates(provider_id: str) -> bool:
    """Whether the operator wants messages checked and this provider can."""
    try:
        return bool(settings.MODERATE_MESSAGES) and catalog.provider(provider_id).moderates
    except catalog.UnknownProvider:
        return False


async def check(text: str, *, provider_id: str, api_key: str, seconds: float = SECONDS) -> Verdict | None:
    """The verdict, or None: nobody was to be asked, or the answer did not come in time, or made no sense. Raises nothing."""
    if not text.strip() or not moderates(provider_id):
        return None
    body = orjson.dumps({"model": MODEL, "input": wire.sendable(text)})
    provider = catalog.provider(provider_id)
    try:
        answer = await connection.fetch(provider, "moderations", api_key=api_key, body=body, seconds=seconds)
    except errors.KeyRejected as error:  # no header can hold such a key
        answer = error
    verdict = None if isinstance(answer, errors.UpstreamError) else _verdict(answer)
    if verdict is None:
        logger.info("moderation: %s", answer.code if isinstance(answer, errors.UpstreamError) else "no verdict")
    return verdict


def _verdict(answer: object) -> Verdict | None:
    results = answer.get("results") if isinstance(answer, dict) else None
    result = results[0] if isinstance(results, list) and results else None
    if not isinstance(result, dict) or not isinstance(result.get("flagged"), bool):
        return None
    found = result.get("categories")
    names = [name for name, is_found in found.items() if is_found is True] if isinstance(found, dict) else []
    fit = sorted(name for name in names if name.isprintable() and len(name) <= _CATEGORY_MOST)
    return Verdict(result["flagged"], tuple(fit[:_CATEGORIES_MOST]) if result["flagged"] else ())
