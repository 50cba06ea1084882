"""Assistants out of a file: all are looked at before the first is made. Each is made or brought up to date by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from assistants.lab.fields import FIELDS, PARAMETERS, USUAL, profile_of
from assistants.models import CODE_ALPHABET, CODE_LENGTH, Assistant, Version
from assistants.moving.file import Unusable
from assistants.moving.packing import DECISIONS
from gptlab.command_line import Tell, tell_nobody

TOLD = ("initial_prompt", "summary_prompt", "personality", "model", "max_tokens", *PARAMETERS, "openness")
DECIDED_HERE = (*DECISIONS, "visibility")  # for one that is here already


@dataclass
class Arrived:
    """Names. `left_alone`: made by somebody here, or two that this file takes for one."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    left_alone: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, repr=False)
class _Fit:
    code: str
    showcase_key: str | None
    profile: dict[str, Any]  # fields of an Assistant
    told: dict[str, Any]  # fields of a Version


def unpack(entries: Sequence[Mapping[str, Any]], *, now: datetime, dry_run: bool = False, tell: Tell = tell_nobody) -> Arrived:
    """New ones become the house's. One that is here already is found by code or showcase key, and gets a new version where it
    is told anything else. Raises Unusable before anything was done.
    """
    arrived = Arrived()
    for number, fit in enumerate([_fit(entry, number) for number, entry in enumerate(entries, 1)], 1):
        getattr(arrived, _put(fit, now=now, dry_run=dry_run)).append(fit.profile["name"])
        tell(number)
    return arrived


@transaction.atomic
def _put(fit: _Fit, *, now: datetime, dry_run: bool) -> str:
    """In which list of Arrived it belongs."""
    found = list(_here(fit)[:2])
    if not found:
        if not dry_run:
            _create(fit, now=now)
        return "created"
    assistant = found[0]
    if len(found) > 1 or assistant.creator_id is not None:
        return "left_alone"
    version = assistant.active_version
    texts = {name: fit.profile[name] for name in set(fit.profile) - set(DECIDED_HERE)}
    texts = {name: value for name, value in texts.items() if getattr(assistant, name) != value}
    is_told_anew = version is None or not version.says(fit.told)
    if not texts and not is_told_anew:
        return "unchanged"
    if not dry_run:
        _update(assistant, texts=texts, told=fit.told if is_told_anew else {}, now=now)
    return "updated"


def _here(fit: _Fit) -> models.QuerySet[Assistant]:
    is_it = models.Q(code=fit.code)
    if fit.showcase_key:
        is_it |= models.Q(showcase_key=fit.showcase_key)
    return Assistant.objects.select_for_update(of=("self",)).filter(is_it).select_related("active_version")


def _create(fit: _Fit, *, now: datetime) -> None:
    assistant = Assistant.objects.create(
        code=fit.code, showcase_key=fit.showcase_key, is_house=True, created_at=now, **fit.profile
    )
    assistant.add_version(now=now, **fit.told)


def _update(assistant: Assistant, *, texts: Mapping[str, Any], told: Mapping[str, Any], now: datetime) -> None:
    if texts:
        for name, value in texts.items():
            setattr(assistant, name, value)
        assistant.save(update_fields=list(texts))
    if told:
        assistant.add_version(now=now, **told)


def _fit(entry: Mapping[str, Any], number: int) -> _Fit:
    """What the models' own fields allow. Raises Unusable, with the number of the assistant and never its words."""
    code, key, values = entry.get("code"), entry.get("showcase_key"), entry.get("assistant")
    is_code = isinstance(code, str) and len(code) == CODE_LENGTH and set(code) <= set(CODE_ALPHABET)
    if not is_code or not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
        raise Unusable(f"assistant {number} is damaged")
    typed = dict.fromkeys(FIELDS, "") | USUAL | {name: value for name, value in values.items() if name in FIELDS}
    tags = [tag.strip() for tag in typed["tags"].split(",") if tag.strip()]
    profile = profile_of(typed | {"tags": tags}) | {name: entry.get(name) is True for name in DECISIONS}
    told = {name: typed[name] for name in TOLD}
    profile = _cleaned(Assistant(code=str(code), showcase_key=key or None, **profile), (*profile, "showcase_key"), number)
    told = _cleaned(Version(**told), TOLD, number)
    return _Fit(str(code), profile.pop("showcase_key"), profile, told)


def _cleaned(row: models.Model, names: Sequence[str], number: int) -> dict[str, Any]:
    try:
        row.clean_fields(exclude={each.name for each in row._meta.fields} - set(names))
    except ValidationError as error:
        raise Unusable(f"assistant {number} does not fit: {', '.join(sorted(error.message_dict))}") from None
    return {name: getattr(row, name) for name in names}
