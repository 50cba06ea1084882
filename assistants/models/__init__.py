"""What you can talk to: assistants and their versions, and what is counted and kept of them."""

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
from assistants.models.favourite import Favourite
from assistants.models.moderation import Appeal, Decision, QueuedAssistant, Screening
from assistants.models.report import Report

__all__ = [
    "CODE_ALPHABET",
    "CODE_LENGTH",
    "STARTERS_MOST",
    "TOKENS_LEAST",
    "TOKENS_MOST",
    "Appeal",
    "Assistant",
    "AssistantDay",
    "AssistantQuerySet",
    "Decision",
    "Draft",
    "Favourite",
    "QueuedAssistant",
    "Report",
    "Screening",
    "Version",
    "new_code",
]
