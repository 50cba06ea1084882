"""Find words in one's own chats. Only their owner's key opens titles and messages, so nothing can be looked up: they are opened
in memory, newest first, some at a time, and where the search stopped it can go on.
"""

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import User
from chats import history
from chats.models import ChatSession
from chats.naming import title_of
from chats.sealing import Vault

MOST_HITS = 20  # of one answer
MOST_TEXTS = 3_000
MOST_SECONDS = 0.4
_QUERY_MOST = 100  # characters
_WORDS_MOST = 8
_AROUND = 70  # characters on either side of what was found
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a search goes on: with this session, below turn `turn`; with the next older one if that is 0."""

    at: datetime
    session_id: UUID
    turn: int

    def __str__(self) -> str:
        return f"{(self.at - _EPOCH) // timedelta(microseconds=1)}.{self.session_id.hex}.{self.turn}"

    @classmethod
    def parse(cls, text: str) -> "Cursor | None":
        """None for what is none: the search then begins anew."""
        found = re.fullmatch(r"(\d{1,17})\.([0-9a-f]{32})\.(\d{1,9})", text, re.ASCII)
        if found is None:
            return None
        return cls(_EPOCH + timedelta(microseconds=int(found[1])), UUID(found[2]), int(found[3]))


@dataclass(frozen=True, slots=True, repr=False)
class Hit:
    """A session, and where in it: the title, or the message or reply of a turn."""

    session: ChatSession
    title: str
    turn: int | None
    snippet: list[tuple[str, bool]]  # pieces of the text around it, and whether they are what was looked for


@dataclass(frozen=True, slots=True, repr=False)
class Found:
    hits: list[Hit]
    cursor: Cursor | None  # None: everything was looked through
    looked_through: int  # sessions, with those before the cursor that it began at
    sessions: int


class Words:
    """What is looked for: every word, in whatever case, in one text."""

    def __init__(self, query: str) -> None:
        words = query.replace("\0", "")[:_QUERY_MOST].split()[:_WORDS_MOST]
        self._patterns = [re.compile(re.escape(word), re.IGNORECASE) for word in words]
        self._any = re.compile("|".join(sorted(map(re.escape, words), key=len, reverse=True)), re.IGNORECASE)

    def __bool__(self) -> bool:
        return bool(self._patterns)

    def are_in(self, text: str) -> bool:
        return all(pattern.search(text) for pattern in self._patterns)

    def snippet(self, text: str) -> list[tuple[str, bool]]:
        first = self._any.search(text)
        assert first is not None
        start, end = max(0, first.start() - _AROUND), min(len(text), first.end() + _AROUND)
        pieces: list[tuple[str, bool]] = [("…", False)] if start else []
        for found in self._any.finditer(text, start, end):
            pieces += [(text[start : found.start()], False), (found[0], True)]
            start = found.end()
        pieces += [(text[start:end], False), ("…" if end < len(text) else "", False)]
        return [(piece, is_hit) for piece, is_hit in pieces if piece]


class _Budget:
    """How much one answer may open."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._ends = clock() + MOST_SECONDS
        self._texts = MOST_TEXTS

    def spend(self) -> None:
        self._texts -= 1

    @property
    def is_spent(self) -> bool:
        return self._texts <= 0 or self._clock() > self._ends


def find(
    *,
    user: User,
    vault: Vault,
    words: Words,
    assistant: str = "",
    after: Cursor | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Found:
    """One hit a session, newest session first. `assistant` is the code of the only one whose chats count."""
    owned = owned_sessions(user, assistant=assistant)
    budget, hits, cursor = _Budget(clock), [], None
    for session in _from(owned, after).iterator(chunk_size=100):
        below = after.turn if after is not None and after.session_id == session.pk else None
        hit, stopped_at = _look(session, vault=vault, words=words, below=below, budget=budget)
        if hit is not None:
            hits.append(hit)
        if stopped_at or budget.is_spent or len(hits) >= MOST_HITS:
            cursor = Cursor(session.last_turn_at, session.pk, stopped_at)
            break
    sessions = owned.count()
    left = _from(owned, cursor).count() if cursor is not None else 0
    return Found(hits, cursor if left else None, sessions - left, sessions)


def owned_sessions(user: User, *, assistant: str = "") -> QuerySet[ChatSession]:
    """Newest first."""
    owned = ChatSession.objects.owned_by(user).listed().select_related("assistant").with_message_count()
    owned = owned.filter(assistant__code=assistant) if assistant else owned
    return owned.order_by("-last_turn_at", "-pk")


def _from(owned: QuerySet[ChatSession], cursor: Cursor | None) -> QuerySet[ChatSession]:
    if cursor is None:
        return owned
    older = Q(last_turn_at__lt=cursor.at) | Q(last_turn_at=cursor.at, pk__lt=cursor.session_id)
    return owned.filter(older | Q(pk=cursor.session_id)) if cursor.turn else owned.filter(older)


def _look(session: ChatSession, *, vault: Vault, words: Words, below: int | None, budget: _Budget) -> tuple[Hit | None, int]:
    """The newest hit, and the number of the turn below which to go on if the budget was spent here; 0 if it was not."""
    title = title_of(session, vault=vault)
    if below is None and words.are_in(title):
        return Hit(session, title, None, words.snippet(title)), 0
    last = None  # the turn that was looked at whole
    up_to = session.turn_count if below is None else below - 1
    for number, message in history.said_newest_first(session, vault=vault, up_to=up_to):
        if last is not None and number != last and budget.is_spent:
            return None, last
        if words.are_in(message.text):
            return Hit(session, title, number, words.snippet(message.text)), 0
        budget.spend()
        last = number
    return None, 0


def assistants_of(user: User) -> Sequence[tuple[str, str]]:
    """(code, name) of everyone whom the visitor has talked with, by name."""
    rows = ChatSession.objects.owned_by(user).listed().values_list("assistant__code", "assistant__name")
    return sorted(set(rows), key=lambda row: row[1].casefold())
