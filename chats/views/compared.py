"""What the templates of a comparison are given: the pair, its tally, each message with its two replies and its marks."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode
from uuid import UUID

from django.utils.translation import gettext as _

from chats import comparing
from chats.comparing import Compared, Saved, Tally
from chats.views.showing import ShownReply
from gptlab.errors import Invalid


@dataclass(frozen=True, slots=True)
class Choice:
    """What stands in the fields of a pair: numbers of versions, or DRAFT."""

    left: str
    right: str
    is_blind: bool = False

    @classmethod
    def of(cls, values: Mapping[str, str], usual: "Choice") -> "Choice":
        left, right = values.get("left", "")[:16], values.get("right", "")[:16]
        return cls(left or usual.left, right or usual.right, bool(values.get("blind")))

    @property
    def query(self) -> str:
        return urlencode({"left": self.left, "right": self.right} | ({"blind": "1"} if self.is_blind else {}))


@dataclass(frozen=True, slots=True)
class ShownSide:
    name: str
    reply: ShownReply
    session_id: UUID
    is_better: bool


@dataclass(frozen=True, slots=True)
class ShownMark:
    value: str
    words: str
    is_pressed: bool


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """`draft` stands in the field where it is changed, with `error` below it."""

    saved: Saved
    compared: Compared | None
    sides: tuple[ShownSide, ...]
    draft: str | None = None
    error: Invalid | None = None

    @property
    def in_field(self) -> str:
        return self.saved.text if self.draft is None else self.draft

    @property
    def marks(self) -> list[ShownMark]:
        """The buttons: left, equal, right."""
        is_equal = self.compared is not None and self.compared.row.verdict == comparing.EQUAL
        left, right = (
            ShownMark(str(side.session_id), _("%(name)s is better") % {"name": side.name}, side.is_better) for side in self.sides
        )
        return [left, ShownMark(comparing.EQUAL, _("Equal"), is_equal), right]

    def edited(self, editing: "ShownMessage | None") -> "ShownMessage":
        """With what was typed, where that is about this one."""
        if editing is None or editing.saved.id != self.saved.id:
            return self
        return replace(self, draft=editing.draft, error=editing.error)


@dataclass(frozen=True, slots=True)
class ShownTally:
    left: str
    right: str
    query: str
    counts: Tally
