"""The fields of a draft, by the names that they have in forms and files; each value is the text that stands in its field."""

from collections.abc import Mapping
from typing import Any

from assistants.models import STARTERS_MOST, Assistant, Version
from assistants.personalities import CUSTOM, PERSONALITIES

PARAMETERS = ("temperature", "top_p", "frequency_penalty", "presence_penalty")
PROMPT_FIELDS = ("initial_prompt", "personality", "model", "max_tokens", *PARAMETERS)
STARTERS = tuple(f"starter_{number}" for number in range(1, STARTERS_MOST + 1))
PROFILE_FIELDS = (
    "name", "tagline", "description", "category", "tags", *STARTERS, "session_type", "summary_prompt", "avatar_style", "openness",
    "visibility", "note",
)  # fmt: skip
FIELDS = (*PROMPT_FIELDS, *PROFILE_FIELDS)

USUAL_TOKENS = 250
USUAL_SUMMARY_PROMPT = (
    "Summarise the conversation for the person who has it, in their language and in plain words: what they wanted, what came "
    "out and was decided, with names, numbers and dates, what they mean to do next, and what is still open."
)
USUAL = {
    "personality": "truthful",
    "max_tokens": str(USUAL_TOKENS),
    **{name: str(value) for name, value in PERSONALITIES[CUSTOM].parameters.items()},
    "category": Assistant.Category.EVERYDAY.value,
    "session_type": Assistant.SessionType.BRAINSTORMING.value,
    "summary_prompt": USUAL_SUMMARY_PROMPT,
    "avatar_style": Assistant.AvatarStyle.BLOCKS.value,
    "openness": Version.Openness.SECRET.value,
    "visibility": Assistant.Visibility.PRIVATE.value,
}


def as_typed(assistant: Assistant, version: Version) -> dict[str, str]:
    """What one would have to type to get this."""
    told = {name: _number(getattr(version, name)) for name in PROMPT_FIELDS} | {"summary_prompt": version.summary_prompt}
    profile = {name: str(getattr(assistant, name)) for name in PROFILE_FIELDS if hasattr(assistant, name)}
    starters = dict(zip(STARTERS, map(str, assistant.starters), strict=False))
    tags = {"tags": ", ".join(map(str, assistant.tags))}
    return USUAL | profile | told | starters | tags | {"openness": version.openness}


def profile_of(cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an Assistant, from fit values."""
    same = ("name", "tagline", "description", "category", "tags", "session_type", "avatar_style", "visibility")
    return {name: cleaned[name] for name in same} | {
        "starters": [cleaned[name] for name in STARTERS if cleaned[name]],
    }


def _number(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
