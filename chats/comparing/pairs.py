"""Which two are compared: versions by their number, or the draft by what it says now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from assistants import lab
from assistants.models import Assistant, Version
from gptlab.errors import Invalid
from gptlab.typed import whole_number

DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class Pair:
    """As they stand on the page. None: the draft, where nobody has run yet what it says now."""

    left: Version | None
    right: Version | None

    @property
    def in_order(self) -> tuple[Version, Version] | None:
        """As a Comparison has them."""
        if self.left is None or self.right is None or self.left == self.right:
            return None
        return (self.left, self.right) if self.left.pk < self.right.pk else (self.right, self.left)


def chosen(assistant: Assistant, *, left: str, right: str, drafted: Version | None) -> Pair:
    """To look at. `left` and `right` are numbers or DRAFT; `drafted` is the version that says what that says."""
    return Pair(*(drafted if key == DRAFT else _version(assistant, key) for key in (left, right)))


def pair_of(assistant: Assistant, *, left: str, right: str, draft: Mapping[str, Any] | None, now: datetime) -> Pair:
    """To be run. `draft` is what that tells, None where it is not fit. Raises Invalid for no pair, or if both say the same."""
    if left == right:
        raise Invalid(_("These are one and the same. Choose another one on either side."), field="pair")
    drafted = None
    if DRAFT in (left, right):
        if draft is None:
            raise Invalid(_("The draft can’t be run as it is. Open it: each field says what is wrong with it."), field="pair")
        _require_news(assistant, draft, beside=left if right == DRAFT else right)
        drafted = lab.to_be_tried(assistant, told=draft, now=now)
    pair = chosen(assistant, left=left, right=right, drafted=drafted)
    if pair.in_order is None:
        raise Invalid(_("There is no such version. Choose another one."), field="pair")
    return pair


def _require_news(assistant: Assistant, draft: Mapping[str, Any], *, beside: str) -> None:
    version = _version(assistant, beside)
    if version is not None and version.says(draft):
        raise Invalid(_("The draft says just what this version says. Change it first, or choose another version."), field="pair")


def _version(assistant: Assistant, key: str) -> Version | None:
    number = whole_number(key)
    return assistant.versions.filter(number=number).first() if number is not None else None
