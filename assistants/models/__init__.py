"""What you can talk to: assistants and their versions, and what is counted of them."""

from assistants.models.assistant import (
    CODE_ALPHABET,
    CODE_LENGTH,
    STARTERS_MOST,
    Assistant,
    AssistantQuerySet,
    Version,
    new_code,
)
from assistants.models.day import AssistantDay

__all__ = [
    "CODE_ALPHABET",
    "CODE_LENGTH",
    "STARTERS_MOST",
    "Assistant",
    "AssistantDay",
    "AssistantQuerySet",
    "Version",
    "new_code",
]
