"""The operator's choice: which of the listed assistants stand on the showcase."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from accounts import audit
from assistants.codes import normalise
from assistants.models import Assistant, Decision
from gptlab.errors import Invalid


@dataclass
class Chosen:
    """Names of those that changed and of those that were so before; codes with what is wrong with them."""

    changed: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    unlisted: list[str] = field(default_factory=list)  # showing what its maker keeps unlisted or private is not ours to decide
    unknown: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return not self.unlisted and not self.unknown


def choose(codes: Iterable[str], *, showcased: bool, dry_run: bool = False) -> Chosen:
    """On the showcase, where only listed ones go, or off it. Each by itself: a wrong code keeps no other one back."""
    chosen = Chosen()
    for code in dict.fromkeys(codes):
        assistant = _find(code)
        if assistant is None:
            chosen.unknown.append(code)
        elif assistant.showcased == showcased:
            chosen.same.append(assistant.name)
        elif _set(assistant, showcased=showcased, dry_run=dry_run):
            chosen.changed.append(assistant.name)
        else:
            chosen.unlisted.append(code)
    return chosen


def _find(code: str) -> Assistant | None:
    try:
        return Assistant.objects.filter(code=normalise(code)).first()
    except Invalid:
        return None


@transaction.atomic
def _set(assistant: Assistant, *, showcased: bool, dry_run: bool) -> bool:
    """Whether it may be, at this very moment."""
    rows = Assistant.objects.filter(pk=assistant.pk)
    if showcased:
        rows = rows.filter(visibility=Assistant.Visibility.LISTED, standing=Assistant.Standing.FREE)
    if dry_run:
        return rows.exists()
    is_set = bool(rows.update(showcased=showcased))
    if is_set:
        action = Decision.Action.SHOWCASED if showcased else Decision.Action.UNSHOWCASED
        Decision.objects.create(
            assistant=assistant, creator_id=assistant.creator_id, action=action, by=audit.COMMAND, made_at=timezone.now()
        )
        audit.record(action.value, by=None, now=timezone.now(), subject=f"assistant {assistant.code}")
    return is_set
