"""A strand: one way of reading a text as a string of symbols, with the word that each symbol belongs to.

The secret has a strand for every family of disguises. A reply is read the same way, and what both have in common is found by
searching for substrings: letters, word signatures and distances are all strings here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

WIDEST_GAP = 24  # symbols between two pieces of what is still one match


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Strand:
    symbols: str
    words: Sequence[int]  # for each symbol the number of its word in the secret
    seed: int  # so many symbols in a row must agree before anything counts
    anchor: int  # so many after a gap

    def whole_words(self, start: int, end: int) -> set[int]:
        """The words that lie wholly between two places of the strand."""
        words = self.words
        found = set(words[start:end])
        if start > 0 and start < end and words[start - 1] == words[start]:
            found.discard(words[start])
        if 0 < end < len(words) and words[end] == words[end - 1]:
            found.discard(words[end - 1])
        return found

    def backwards(self) -> "Strand":
        return Strand(self.symbols[::-1], list(self.words)[::-1], seed=self.seed, anchor=self.anchor)


@dataclass(frozen=True, slots=True, repr=False)
class Match:
    """What a view has in common with a strand, gaps allowed: where it ends in both, and the words of the secret in it."""

    end: int
    secret_end: int
    words: set[int]


def matches(view: str, strand: Strand, *, fresh: int) -> list[Match]:
    """Where the last `fresh` symbols of `view`, and what they continue, agree with `strand`."""
    find, seed = strand.symbols.find, strand.seed
    step, last = max(1, seed // 2), len(view) - seed
    hits = [at for at in range(max(0, last - fresh), last + 1, step) if find(view[at : at + seed]) >= 0]
    if not hits:  # as nearly always: a loop with branches would take twice the time
        return []
    found: list[Match] = []
    at = hits[0]
    while at <= last:
        place = find(view[at : at + seed])
        if place < 0:
            at += step
            continue
        match = extended(view, at, strand, place)
        found.append(match)
        at = max(at + step, match.end - seed + 1)
    return found


def extended(view: str, at: int, strand: Strand, place: int) -> Match:
    """The whole of a match of which one seed is known."""
    start, secret_start = at, place
    while start and secret_start and view[start - 1] == strand.symbols[secret_start - 1]:
        start -= 1
        secret_start -= 1
    words: set[int] = set()
    end, piece = at, secret_start
    secret_end = place
    while True:
        agreed = _agreed(view, end, strand.symbols, secret_end)
        end, secret_end = end + agreed, secret_end + agreed
        words |= strand.whole_words(piece, secret_end)
        gap = _gap(view, end, strand, secret_end)
        if gap is None:
            return Match(end, secret_end, words)
        end, secret_end = end + gap[0], secret_end + gap[1]
        piece = secret_end


def _agreed(view: str, at: int, symbols: str, place: int) -> int:
    """For how many symbols both go on alike."""
    high = min(len(view) - at, len(symbols) - place)
    if view[at : at + high] == symbols[place : place + high]:
        return high
    low = 0
    while high - low > 1:
        middle = (low + high) // 2
        if view[at + low : at + middle] == symbols[place + low : place + middle]:
            low = middle
        else:
            high = middle
    return low


def _gap(view: str, at: int, strand: Strand, place: int) -> tuple[int, int] | None:
    """What to skip in both until they agree again: a word more, a word less, a letter changed, a tag between."""
    anchor = strand.anchor
    room = view[at : at + WIDEST_GAP + anchor]
    if len(room) < anchor:
        return None
    for skipped in range(min(WIDEST_GAP, len(strand.symbols) - place - anchor + 1)):
        where = room.find(strand.symbols[place + skipped : place + skipped + anchor])
        if where >= 0:
            return where, skipped
    return None
