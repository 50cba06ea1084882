"""The one message format: frozen values that every endpoint's translator reads and writes. No SDK, no Django."""

from dataclasses import dataclass
from enum import StrEnum


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
