"""What the file tells of each assistant: its values as the Lab's own files have them, and what the operator decided of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from assistants.lab.fields import as_typed
from assistants.models import Assistant, AssistantQuerySet, Version

DECISIONS = ("showcased", "is_active")  # what moderators hold back, or have yet to look at, does not travel


@dataclass(frozen=True, slots=True, repr=False)
class Moved:
    """One assistant on its way. `values` are as one would type them: with the prompt."""

    code: str
    showcase_key: str | None
    decisions: Mapping[str, bool]
    values: Mapping[str, str]

    def entry(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "showcase_key": self.showcase_key,
            **self.decisions,
            "assistant": dict(self.values),
        }


def pack(*, only_public: bool = False) -> Iterator[Moved]:
    """What the house has and what people have published, private ones not; `only_public`: of these only open prompts."""
    rows = _public() if only_public else _published()
    for assistant in rows.select_related("active_version").order_by("pk").iterator(chunk_size=200):
        assert assistant.active_version is not None
        yield Moved(
            code=assistant.code,
            showcase_key=assistant.showcase_key,
            decisions={name: getattr(assistant, name) for name in DECISIONS},
            values=as_typed(assistant, assistant.active_version),
        )


def _published() -> AssistantQuerySet:
    """Drafts are their makers', and so is what they keep private."""
    private = Q(visibility=Assistant.Visibility.PRIVATE, is_house=False)
    rows = Assistant.objects.filter(active_version__isnull=False).exclude(private)
    return rows.filter(standing=Assistant.Standing.FREE, risk=0)


def _public() -> AssistantQuerySet:
    return _published().filter(Q(is_house=True) | ~Q(active_version__openness=Version.Openness.SECRET))
