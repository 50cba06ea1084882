"""The one message format: frozen values that every endpoint's translator reads and writes. No SDK, no Django."""

from dataclasses import dataclass
from enum import StrEnum

TOKENS_MOST = 1_000_000_000  # more than any model can take is a slip of the upstream


class Role(StrEnum):
    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True, repr=False)
class Message:
    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Sampling:
    """How a reply is drawn. None means: leave it to the model."""

    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None

    def asked(self, parameters: frozenset[str]) -> dict[str, object]:
        """Those of these parameters that are asked for, by name."""
        values = {name: getattr(self, name) for name in sorted(parameters)}
        return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True, slots=True, repr=False)
class Request:
    """One completion to ask for. `provider` is a catalog id; the address and the endpoint follow from it and the model."""

    provider: str
    model: str
    messages: tuple[Message, ...]
    sampling: Sampling = Sampling()


@dataclass(frozen=True, slots=True, repr=False)
class Delta:
    """Text as it arrives; never empty."""

    text: str


@dataclass(frozen=True, slots=True)
class Usage:
    tokens_in: int
    tokens_out: int
    estimated: bool = False

    @classmethod
    def told(cls, tokens_in: object, tokens_out: object) -> "list[Usage]":
        """What an upstream says of it, if that makes sense: one, or none."""
        if type(tokens_in) is int and type(tokens_out) is int and 0 <= tokens_in < TOKENS_MOST and 0 <= tokens_out < TOKENS_MOST:
            return [cls(tokens_in, tokens_out)]
        return []


class FinishReason(StrEnum):
    STOP = "stop"
    LENGTH = "length"
    CONTENT_FILTER = "content_filter"


@dataclass(frozen=True, slots=True)
class Finish:
    """The upstream said that the reply is whole. A stream that ends without it was cut."""

    reason: FinishReason


Event = Delta | Usage | Finish


@dataclass(frozen=True, slots=True, repr=False)
class Completion:
    """A whole reply, for who shows nothing while it is written. `text` may be empty; `finish` says whether it was cut."""

    text: str
    finish: FinishReason
    usage: Usage
