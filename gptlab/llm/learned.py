"""What this process has learned from refusals: the fields that a provider's model does not take. Forgotten at its end."""

from dataclasses import replace

from gptlab.llm.catalog import ModelInfo

_OTHER_NAME = {"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"}  # of the chat endpoint
_ONLY_NAME = {"responses": "max_output_tokens", "completions": "max_tokens"}
MODELS_MOST = 1000  # names come from providers: memory stays bounded whatever they list

_refused: dict[tuple[str, str], frozenset[str]] = {}


def known(provider_id: str, info: ModelInfo) -> ModelInfo:
    """What may be sent to the model after all that it has refused."""
    refused = _refused.get((provider_id, info.name))
    if not refused:
        return info
    return replace(
        info,
        parameters=info.parameters - refused,
        max_tokens_name=_limit_name(info, refused),
        tells_usage=info.tells_usage and "stream_options" not in refused,
    )


def learn(provider_id: str, model: str, parameter: str) -> None:
    """The model has refused this field of a request."""
    if len(_refused) >= MODELS_MOST:
        _refused.clear()
    key = (provider_id, model)
    _refused[key] = _refused.get(key, frozenset()) | {parameter}


def _limit_name(info: ModelInfo, refused: frozenset[str]) -> str:
    """The limit goes by its other name where one is refused; where both are, there is none."""
    if info.endpoint != "chat":
        return "" if _ONLY_NAME[info.endpoint] in refused else info.max_tokens_name
    if info.max_tokens_name not in refused:
        return info.max_tokens_name
    other = _OTHER_NAME.get(info.max_tokens_name, "")
    return "" if other in refused else other
