"""What is known of one secret prompt: its words, and its strands, each made once, when a reply first needs it.

A word is what stands between blanks. One without letters has no symbols of its own and counts along with the next that has.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Set
from functools import cached_property, lru_cache
from itertools import accumulate

from chats.leak_guard import readings
from chats.leak_guard.folding import fold, letters
from chats.leak_guard.retelling import Vocabulary
from chats.leak_guard.strands import Strand

SEED = 12  # letters
SAMPLING = 4  # every so many letters of the secret a seed; a reply looks at each of its own
MOST_CHARACTERS = 60_000
LEAST_LEAK = 15  # words
FEWEST = 6  # words; less is no secret

_WORD = re.compile(rf"[{readings.UNSPACED}]{{1,2}}|[^\s{readings.UNSPACED}]+")


class Secret:
    """Made by `known`, and kept there."""

    def __init__(self, text: str) -> None:
        self.text = text[:MOST_CHARACTERS]
        self._folded = fold(self.text)
        spelled: list[str] = []
        weights = [0]
        self.parts: list[tuple[str, int]] = []  # words in the narrower sense, each with the number of the word it is in
        for word in _WORD.findall(self._folded):
            weights[-1] += 1
            self.parts += [(part, len(spelled)) for part in readings.WORD.findall(word)]
            if only := letters(word):
                spelled.append(only)
                weights.append(0)
        self._weight_before = [0, *accumulate(weights)]
        self.plain = by_word(enumerate(spelled), seed=SEED, anchor=6)
        symbols = self.plain.symbols
        self.seeds = {symbols[at : at + SEED]: at for at in range(len(symbols) - SEED, -1, -SAMPLING)}
        self.vocabulary = Vocabulary(self._folded)
        self._strands = {name: STRANDS[name.partition(":")[0]](self, int(name.partition(":")[2] or 0)) for name in NAMES}

    @property
    def is_worth_guarding(self) -> bool:
        return self._weight_before[-1] >= FEWEST

    @cached_property
    def enough(self) -> int:
        """So many words of it are a leak. Of a short prompt nearly all are: a part of it is no more than who one is."""
        total = self._weight_before[-1]
        return min(LEAST_LEAK, total - total // 10)

    def weight(self, first: int, last: int) -> int:
        """How many words a passage has."""
        return self._weight_before[last + 1] - self._weight_before[first]

    def letters_left(self, words: Set[int], after: int, room: int) -> int:
        """How many letters more than the letter `after` still leave a passage that goes on below `room` further words."""
        last = max(words, default=self.plain.words[min(after, len(self.plain.words) - 1)] - 1)
        end = bisect_left(self._weight_before, self._weight_before[min(last + 1, len(self._weight_before) - 1)] + room) - 1
        return bisect_left(self.plain.words, end) - after

    def strand(self, name: str) -> Strand:
        """By its name, and a number after a colon where there are several: "columns:3"."""
        return self._strands[name]

    @cached_property
    def spaced(self) -> Strand:
        """Folded, one blank between words; punctuation stays."""
        text = " ".join(self._folded.split())
        return Strand(text, _numbered(text), seed=SEED, anchor=8)

    @cached_property
    def raw(self) -> Strand:
        """Every character as it is."""
        return Strand(self.text, _numbered(self.text), seed=SEED, anchor=8)


@lru_cache(maxsize=128)
def known(text: str) -> Secret:
    return Secret(text)


def _numbered(text: str) -> list[int]:
    numbers: list[int] = []
    number = 0
    for found in _WORD.finditer(text):
        numbers += [number] * (found.end() - len(numbers))
        number += bool(letters(found.group()))
    return numbers + [number] * (len(text) - len(numbers))


def by_word(pieces: Iterable[tuple[int, str]], *, seed: int, anchor: int) -> Strand:
    numbered = [(symbol, number) for number, piece in pieces for symbol in piece]
    return Strand("".join([symbol for symbol, _ in numbered]), [number for _, number in numbered], seed=seed, anchor=anchor)


def _skeleton(secret: Secret, _: int) -> Strand:
    pieces, last = [], ""
    for part, number in secret.parts:
        piece = readings.skeleton(part)
        pieces.append((number, piece[1:] if piece[:1] == last else piece))
        last = piece[-1:] or last
    return by_word(pieces, seed=14, anchor=9)


def _letter_sets(secret: Secret, _: int) -> Strand:
    return by_word([(number, readings.set_symbol(part)) for part, number in secret.parts], seed=5, anchor=2)


def _word_order(secret: Secret, stride: int) -> Strand:
    """Every so-maniest word, then the same from the next on; for -1 from the end to the beginning."""
    parts = secret.parts[::-1] if stride < 0 else [part for start in range(stride) for part in secret.parts[start::stride]]
    return by_word([(number, readings.word_symbol(part)) for part, number in parts], seed=4, anchor=2)


def _initials(secret: Secret, _: int) -> Strand:
    return by_word([(number, part[0]) for part, number in secret.parts], seed=12, anchor=8)


def _strided(source: Strand, stride: int) -> Strand:
    order = [place for start in range(stride) for place in range(start, len(source.symbols), stride)]
    return Strand(
        "".join([source.symbols[place] for place in order]), [source.words[place] for place in order], seed=12, anchor=8
    )


def _distances(source: Strand) -> Strand:
    return Strand(readings.distances(source.symbols), source.words, seed=18, anchor=12)


def _shifts(secret: Secret, lag: int) -> Strand:
    """For lag 0 the steps between steps: what a shift that grows with every letter leaves as it is."""
    latin = [(s, w) for s, w in zip(secret.plain.symbols, secret.plain.words, strict=True) if "a" <= s <= "z"]
    symbols = "".join([s for s, _ in latin])
    words = [w for _, w in latin]
    if lag:
        return Strand(readings.shifts(symbols, lag), words[lag:], seed=12, anchor=9)
    return Strand(readings.shifts(readings.shifts(symbols, 1), 1), words[2:], seed=12, anchor=9)


STRANDS: dict[str, Callable[[Secret, int], Strand]] = {
    "plain": lambda secret, _: secret.plain,
    "backwards": lambda secret, _: secret.plain.backwards(),
    "skeleton": _skeleton,
    "letter_sets": _letter_sets,
    "word_order": _word_order,
    "initials": _initials,
    "columns": lambda secret, stride: _strided(secret.plain, stride),
    "spaced_columns": lambda secret, stride: _strided(secret.spaced, stride),
    "letter_distances": lambda secret, _: _distances(secret.plain),
    "letter_distances_backwards": lambda secret, _: _distances(secret.plain.backwards()),
    "spaced_distances": lambda secret, _: _distances(secret.spaced),
    "raw_distances": lambda secret, _: _distances(secret.raw),
    "raw_distances_backwards": lambda secret, _: _distances(secret.raw.backwards()),
    "shifts": _shifts,
}

NAMES = (
    *("plain", "backwards", "skeleton", "letter_sets", "initials"),
    *("letter_distances", "letter_distances_backwards", "spaced_distances", "raw_distances", "raw_distances_backwards"),
    *(f"word_order:{stride}" for stride in (-1, 1, 2, 3)),
    *(f"columns:{stride}" for stride in range(2, 9)),
    *(f"spaced_columns:{stride}" for stride in range(2, 7)),
    *(f"shifts:{lag}" for lag in range(9)),
)
