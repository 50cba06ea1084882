"""The Responses API, both ways: our request → its body, an event of its stream → ours. Pure.

https://platform.openai.com/docs/api-reference/responses-streaming
"""

from typing import Any

from gptlab.llm import errors, refusals, wire
from gptlab.llm.catalog import ModelInfo
from gptlab.llm.messages import Delta, Event, Finish, FinishReason, Request, Usage

path = "responses"

_WORDS = ("response.output_text.delta", "response.refusal.delta")  # a refusal is the model's own words, too
_ENDS = ("response.completed", "response.incomplete")
_REASONS = {"max_output_tokens": FinishReason.LENGTH, "content_filter": FinishReason.CONTENT_FILTER}
# It knows neither penalty.
_PARAMETERS = frozenset({"temperature", "top_p"})


def body(request: Request, info: ModelInfo, *, store: bool | None = None) -> dict[str, object]:
    """The JSON to post. `store` is always said: this endpoint keeps for a month what it is not told to forget."""
    sampling = request.sampling
    fields: dict[str, object] = {
        "model": request.model,
        "input": [{"role": message.role.value, "content": wire.sendable(message.text)} for message in request.messages],
        "stream": True,
        "store": False,
    }
    if sampling.max_tokens is not None and info.max_tokens_name:
        fields["max_output_tokens"] = info.reply_limit(sampling.max_tokens)
    return fields | sampling.asked(info.parameters & _PARAMETERS)


class Reader:
    """One stream's events as ours. What the model thinks, and its summary, is no text."""

    is_over = True  # the Finish comes last, and has the usage with it

    def __init__(self) -> None:
        self._item: object = None  # the output item whose text came last

    def read(self, event: bytes) -> list[Event]:
        """What one event says: nothing, if it makes no sense. Raises UpstreamError if it carries an error."""
        said = wire.parse(event)
        if not isinstance(said, dict):
            return []
        kind = said.get("type")
        if kind in _WORDS:
            return self._delta(said)
        if kind in _ENDS:
            return _end(said.get("response"))
        if kind == "response.failed":
            raise _failure(said.get("response"))
        refusal = refusals.refusal_in(said)
        if refusal is not None:
            raise refusal
        return []

    def rest(self) -> list[Event]:
        """Nothing is ever held back."""
        return []

    def _delta(self, said: dict[str, Any]) -> list[Event]:
        text, item = said.get("delta"), said.get("output_index")
        if not isinstance(text, str) or not text:
            return []
        if item != self._item and self._item is not None:
            text = f"\n\n{text}"  # a second message in the same reply
        self._item = item
        return [Delta(text)]


def _end(response: object) -> list[Event]:
    if not isinstance(response, dict):
        return [Finish(FinishReason.STOP)]
    details, usage = response.get("incomplete_details"), response.get("usage")
    reason = details.get("reason") if isinstance(details, dict) else None
    events: list[Event] = [Finish(_REASONS.get(str(reason), FinishReason.STOP))]
    if isinstance(usage, dict):
        events += Usage.told(usage.get("input_tokens"), usage.get("output_tokens"))
    return events


def _failure(response: object) -> errors.UpstreamError:
    return (refusals.refusal_in(response) if isinstance(response, dict) else None) or errors.ServerFailed()
