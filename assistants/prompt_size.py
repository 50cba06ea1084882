"""How much of a model's memory a prompt takes. Counting loads the tables of the tokenizer, at the first prompt of a process."""

from dataclasses import dataclass

from gptlab.llm import tokens
from gptlab.llm.catalog import ModelInfo

LEAST_ROOM = 500  # tokens that must be left for the talk


@dataclass(frozen=True, slots=True)
class PromptSize:
    """In tokens. `room` is what the prompt and the talk share: the model's window without the reply's part."""

    tokens: int
    room: int

    @property
    def percent(self) -> int:
        return min(100, -(-100 * self.tokens // max(1, self.room)))

    @property
    def leaves_no_room(self) -> bool:
        return self.tokens + LEAST_ROOM > self.room


def prompt_size(prompt: str, *, info: ModelInfo, max_tokens: int | None) -> PromptSize:
    return PromptSize(tokens.count_text(prompt, info.encoding), info.input_budget(max_tokens))
