"""The legacy Completions endpoint, both ways: our request → its body, an event of its stream → ours. Pure.

https://platform.openai.com/docs/api-reference/completions
"""

from gptlab.llm import dialogue, refusals, wire
from gptlab.llm.catalog import ModelInfo
from gptlab.llm.messages import Delta, Event, Finish, FinishReason, Request, Usage

path = "completions"

_REASONS = {"length": FinishReason.LENGTH, "content_filter": FinishReason.CONTENT_FILTER}


def body(request: Request, info: ModelInfo, *, store: bool | None = None) -> dict[str, object]:
    """The JSON to post. There is no `store` here: nothing is ever kept for later use. Unsaid, the limit would be 16 tokens."""
    fields: dict[str, object] = {
        "model": request.model,
        "prompt": wire.sendable(dialogue.prompt(request.messages)),
        "stop": list(dialogue.STOP_SEQUENCES),
        "stream": True,
    }
    if info.tells_usage:
        fields["stream_options"] = {"include_usage": True}
    if info.max_tokens_name:
        fields["max_tokens"] = info.reply_limit(request.sampling.max_tokens)
    return fields | request.sampling.asked(info.parameters)


class Reader:
    """One stream's events as ours. Servers that know no `stop` are stopped here."""

    def __init__(self) -> None:
        self._screen = dialogue.Screen()

    def read(self, event: bytes) -> list[Event]:
        """What one event says: nothing, if it makes no sense. Raises UpstreamError if it carries an error."""
        said = wire.parse(event)
        if not isinstance(said, dict):
            return []
        refusal = refusals.refusal_in(said)
        if refusal is not None:
            raise refusal
        choices = said.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        events = self._choice(choice) if isinstance(choice, dict) else []
        usage = said.get("usage")
        if isinstance(usage, dict):
            events += Usage.told(usage.get("prompt_tokens"), usage.get("completion_tokens"))
        return events

    @property
    def is_over(self) -> bool:
        """The upstream knows no `stop`: it would write on in the visitor's name, and at their cost."""
        return self._screen.is_over

    def rest(self) -> list[Event]:
        """What was held back and turned out to be text."""
        text = self._screen.rest()
        return [Delta(text)] if text else []

    def _choice(self, choice: dict[str, object]) -> list[Event]:
        events: list[Event] = []
        text = choice.get("text")
        if isinstance(text, str) and (shown := self._screen.feed(text)):
            events.append(Delta(shown))
        reason = choice.get("finish_reason")
        if self._screen.is_over:
            events.append(Finish(FinishReason.STOP))
        elif reason and isinstance(reason, str):
            events += self.rest()
            events.append(Finish(_REASONS.get(reason, FinishReason.STOP)))
        return events
