"""What the chat page shows of the model's memory: how full it is, what it holds, and where the turns begin that it sees."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.visit import Visit
from assistants.models import Assistant
from chats import condensing
from chats.condensing import Notes
from chats.models import ChatSession, Memory, Turn
from chats.sealing import vault_of

LOOKS_MOST = 20
FIRST_LOOK, LONGEST_WAIT = 2, 15  # seconds


@dataclass(frozen=True, slots=True, repr=False)
class ShownMemory:
    """`line_at` is the number of the turn above which a line tells that the model does not see what comes before."""

    percent: int
    sees: str
    notes: Notes | None
    leaves_out: bool  # turns between the notes and the line: they don't fit
    line_at: int | None
    next_look: int | None  # seconds until the page looks whether the notes are there; None: there is nothing to wait for
    looks: int
    draft: str | None = None  # notes that were refused

    @property
    def sizes(self) -> str:
        """Of the turns, and of the notes that stand for them."""
        assert self.notes is not None
        row = self.notes.row
        return _("%(before)s → %(after)s tokens") % {"before": f"{row.tokens_before:,}", "after": f"{row.tokens_after:,}"}


def show_memory(
    session: ChatSession, *, visit: Visit, now: datetime, looks: int = 0, draft: str | None = None
) -> ShownMemory | None:
    """None until the first reply has been weighed."""
    memory = Memory.objects.filter(session=session).first()
    if memory is None:
        return None
    notes = condensing.notes_of(session, vault=vault_of(visit)) if memory.begins is not None else None
    used = notes if notes is not None and notes.row.active and notes.text else None
    first = max(notes.row.covers_to + 1 if notes is not None else 0, memory.since or 0)
    line_at = _turn_from(session, first) if first > 1 else None
    left_out = _left_out(memory, used)
    waits = _awaits_notes(memory, session, now=now) and looks < LOOKS_MOST
    return ShownMemory(
        percent=memory.percent,
        sees=_sees(session.assistant, memory, used, left_out=left_out),
        notes=notes,
        leaves_out=left_out is not None,
        line_at=line_at,
        next_look=min(FIRST_LOOK + looks, LONGEST_WAIT) if waits else None,
        looks=looks + 1,
        draft=draft,
    )


def _turn_from(session: ChatSession, number: int) -> int | None:
    """The first one that is shown from this number on: what was edited is not."""
    turns = Turn.objects.current().filter(session=session, number__gte=number).order_by("number")
    return turns.values_list("number", flat=True).first()


def _awaits_notes(memory: Memory, session: ChatSession, *, now: datetime) -> bool:
    """They are being made, or are about to be: the worker decides just after the reply's end."""
    is_due = memory.begins is not None and memory.tokens > memory.begins and memory.quiet_until < session.turn_count
    return is_due or condensing.is_under_way(memory, now=now)


def _left_out(memory: Memory, notes: Notes | None) -> tuple[int, int] | None:
    """The first and the last turn that the notes that are used don't cover, and that did not fit into the last request."""
    if notes is None or memory.since is None or memory.since <= notes.row.covers_to + 1:
        return None
    return notes.row.covers_to + 1, memory.since - 1


def _is_cut(memory: Memory) -> bool:
    """Whether the beginning does not fit. Before the next request is made it's told by its size."""
    return memory.tokens > memory.budget if memory.since is None else memory.since > 1


def _sees(assistant: Assistant, memory: Memory, notes: Notes | None, *, left_out: tuple[int, int] | None) -> str:
    name = assistant.name
    if notes is not None and left_out is not None:
        words = _(
            "Turns 1–%(turn)s are condensed. Turns %(first)s–%(last)s are left out at the moment. "
            "%(name)s sees the notes and everything after those."
        )
        return words % {"turn": notes.row.covers_to, "first": left_out[0], "last": left_out[1], "name": name}
    if notes is not None:
        words = _("Turns 1–%(turn)s are condensed. %(name)s sees the notes and everything after them.")
        return words % {"turn": notes.row.covers_to, "name": name}
    if memory.begins is None:
        return _("%(name)s sees the last 20 messages.") % {"name": name}
    if _is_cut(memory):
        return _("%(name)s sees as many of the last turns as fit.") % {"name": name}
    return _("%(name)s sees the whole chat.") % {"name": name}
