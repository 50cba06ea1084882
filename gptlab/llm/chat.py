"""Chat Completions, both ways: our request → its body, an event of its stream → ours. Pure.

https://platform.openai.com/docs/api-reference/chat
"""

from gptlab.llm import refusals, wire
from gptlab.llm.catalog import ModelInfo
from gptlab.llm.messages import Delta, Event, Finish, FinishReason, Request, Usage

path = "chat/completions"

_REASONS = {"length": FinishReason.LENGTH, "max_tokens": FinishReason.LENGTH, "content_filter": FinishReason.CONTENT_FILTER}


def body(request: Request, info: ModelInfo, *, store: bool | None = None) -> dict[str, object]:
    """The JSON to post. `store` is left out where None: servers may refuse a field that they do not know."""
    sampling = request.sampling
    fields: dict[str, object] = {
        "model": request.model,
        "messages": [{"role": message.role.value, "content": wire.sendable(message.text)} for message in request.messages],
        "stream": True,
    }
    if info.tells_usage:
        fields["stream_options"] = {"include_usage": True}
    if store is not None:
        fields["store"] = store
    if sampling.max_tokens is not None and info.max_tokens_name:
        fields[info.max_tokens_name] = info.reply_limit(sampling.max_tokens)
    return fields | sampling.asked(info.parameters)


class Reader:
    """One stream's events as ours."""

    is_over = False  # the usage comes after the Finish

    def read(self, event: bytes) -> list[Event]:
        """What one event says: nothing, if it makes no sense. Raises UpstreamError if it carries an error."""
        said = wire.parse(event)
        if not isinstance(said, dict):
            return []
        refusal = refusals.refusal_in(said)
        if refusal is not None:
            raise refusal
        events: list[Event] = []
        choices = said.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        if isinstance(choice, dict):
            delta = choice.get("delta")
            text = _text(delta) if isinstance(delta, dict) else ""
            if text:
                events.append(Delta(text))
            reason = choice.get("finish_reason")
            if reason and isinstance(reason, str):
                events.append(Finish(_REASONS.get(reason, FinishReason.STOP)))
        usage = said.get("usage")
        if isinstance(usage, dict):
            events += Usage.told(usage.get("prompt_tokens"), usage.get("completion_tokens"))
        return events

    def rest(self) -> list[Event]:
        """Nothing is ever held back."""
        return []


def _text(delta: dict[str, object]) -> str:
    """The words of a delta: a text, a list of parts of which some are text, or a refusal in the model's words."""
    content = delta.get("content")
    if isinstance(content, str) and content:
        return content
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        return "".join(part for part in parts if isinstance(part, str))
    refusal = delta.get("refusal")
    return refusal if isinstance(refusal, str) else ""
