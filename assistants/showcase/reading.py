"""Showcase files, one assistant each: read and checked against the fields they will fill, all of them before any is used."""

import tomllib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from assistants.models import STARTERS_MOST, Assistant, Version

FOLDER = Path(__file__).parent
PROFILE = ("name", "tagline", "description", "category", "tags", "starters", "session_type")
SETTINGS = ("model", "max_tokens", "temperature", "top_p", "frequency_penalty", "presence_penalty")
PROMPTS = ("initial_prompt", "summary_prompt")
_TEXT = (str, "text")
_NUMBER = ((int, float), "a number")
_TYPES: dict[str, tuple[Any, str]] = dict.fromkeys(PROFILE + SETTINGS + PROMPTS, _TEXT)
_TYPES |= {name: _NUMBER for name in SETTINGS if name != "model"}
_TYPES |= {"tags": (list, "a list"), "starters": (list, "a list"), "order": (int, "a whole number")}
_STARTER_MOST = 120
_TAGS_MOST, _TAG_MOST = 6, 24


class InvalidShowcase(Exception):
    """Files that can't be used as they are. `str()` names each file and what is wrong with it, a line each."""


@dataclass(frozen=True)
class HouseAssistant:
    """One file: what the lounge shows and, in an unsaved version, what the assistant is told."""

    key: str
    order: int
    profile: dict[str, Any]
    version: dict[str, Any] = field(repr=False)


def read(folder: Path | None = None) -> list[HouseAssistant]:
    """Every file of the folder, in the order that they give. Raises InvalidShowcase with all that is wrong."""
    found, problems = [], []
    for path in sorted((folder or FOLDER).glob("*.toml")):
        try:
            found.append(_read_one(path))
        except InvalidShowcase as error:
            problems += [f"{path.name}: {problem}" for problem in str(error).splitlines()]
    for what, values in (("order", [one.order for one in found]), ("name", [one.profile["name"] for one in found])):
        problems += [f"two files have the {what} {value!r}" for value, times in Counter(values).items() if times > 1]
    if problems:
        raise InvalidShowcase("\n".join(problems))
    return sorted(found, key=lambda one: one.order)


def _read_one(path: Path) -> HouseAssistant:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidShowcase(f"is no TOML: {error}") from error
    _raise_if(_wrong_types(content))
    assistant = Assistant(showcase_key=path.stem, **{name: content[name] for name in PROFILE})
    version = Version(**{name: content.get(name, "") for name in SETTINGS + PROMPTS})
    problems = _field_problems(assistant, ("showcase_key", *PROFILE)) + _field_problems(version, SETTINGS + PROMPTS)
    _raise_if(problems + _list_problems(assistant) + _recap_problems(assistant, version))
    return HouseAssistant(
        key=path.stem,
        order=content["order"],
        profile={name: getattr(assistant, name) for name in PROFILE},
        version={name: getattr(version, name) for name in SETTINGS + PROMPTS},
    )


def _raise_if(problems: list[str]) -> None:
    if problems:
        raise InvalidShowcase("\n".join(problems))


def _wrong_types(content: dict[str, Any]) -> list[str]:
    problems = [f"{name}: is missing" for name in _TYPES if name not in content and name != "summary_prompt"]
    for name, value in content.items():
        kind, words = _TYPES.get(name, (object, ""))
        if name not in _TYPES:
            problems.append(f"{name}: is no setting of an assistant")
        elif not isinstance(value, kind) or isinstance(value, bool) or str(value) == "nan":  # passes every limit
            problems.append(f"{name}: must be {words}")
    return problems


def _field_problems(row: models.Model, names: tuple[str, ...]) -> list[str]:
    """What the model's own fields say, so that no limit is written down twice. Also brings the values into their types."""
    try:
        row.clean_fields(exclude={each.name for each in row._meta.fields} - set(names))
    except ValidationError as error:
        return [f"{name}: {' '.join(messages)}" for name, messages in error.message_dict.items()]
    return []


def _list_problems(assistant: Assistant) -> list[str]:
    problems = []
    for name, most, longest in (("starters", STARTERS_MOST, _STARTER_MOST), ("tags", _TAGS_MOST, _TAG_MOST)):
        values = getattr(assistant, name)
        if len(values) > most:
            problems.append(f"{name}: has {len(values)} entries; {most} are the most")
        if any(not isinstance(value, str) or not value.strip() or len(value) > longest for value in values):
            problems.append(f"{name}: each must be a text of 1 to {longest} characters")
    return problems


def _recap_problems(assistant: Assistant, version: Version) -> list[str]:
    coaching = assistant.session_type == Assistant.SessionType.COACHING
    if coaching == bool(version.summary_prompt.strip()):
        return []
    return ["summary_prompt: a coaching assistant needs one" if coaching else "summary_prompt: only coaching assistants have one"]
