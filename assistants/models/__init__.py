"""What you can talk to: assistants and their versions, and what is counted of them."""

from assistants.models.assistant import (
    CODE_ALPHABET,
    CODE_LENGTH,
    STARTERS_MOST,
    TOKENS_LEAST,
    TOKENS_MOST,
    Assistant,
    AssistantQuerySet,
    Version,
    new_code,
)
from assistants.models.day import AssistantDay
from assistants.models.draft import Draft

__all__ = [
    "CODE_ALPHABET",
    "CODE_LENGTH",
    "STARTERS_MOST",
    "TOKENS_LEAST",
    "TOKENS_MOST",
    "Assistant",
    "AssistantDay",
    "AssistantQuerySet",
    "Draft",
    "Version",
    "new_code",
]
