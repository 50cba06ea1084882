"""The readings of a piece of reply in which a disguised secret would show, each with the name of the strand to hold it against.

A reading costs some microseconds, so they come in groups: `words_backwards` at every step; `letters_changed` for what is no
sentence; `strange` for what does not even look like words, and now and then `rare` for the same; now and then `structure`.
"""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from chats.leak_guard import readings
from chats.leak_guard.folding import fold, letters

View = tuple[str, str]  # what is read, the strand that it belongs to

_BETWEEN_TOKENS = re.compile(r"[\s,;|/\-_:.\"'\[\](){}+]+")
_DENSE = re.compile(r"[0-9A-Fa-f]{24,}")
_MOST_KINDS = 90  # different tokens that still may be an alphabet


def structure(text: str) -> Iterator[View]:
    """A secret that hides between or at the head of other words."""
    words = readings.WORD.findall(fold(text))
    yield "".join(map(readings.set_symbol, words)), "letter_sets"
    symbols = "".join(map(readings.word_symbol, words))
    for stride in (2, 3, 4):
        for start in range(stride):
            yield symbols[start::stride], "word_order:1"
    for stride in (2, 3):
        yield symbols, f"word_order:{stride}"
    initials = "".join([word[0] for word in words])
    yield initials, "plain"
    yield initials, "initials"
    yield letters("".join([line.strip()[:1] for line in text.splitlines()])), "plain"


def words_backwards(folded: str) -> View:
    return "".join(map(readings.word_symbol, readings.WORD.findall(folded))), "word_order:-1"


def letters_changed(folded: str) -> Iterator[View]:
    yield "".join(map(readings.set_symbol, readings.WORD.findall(folded))), "letter_sets"
    yield letters(folded), "backwards"
    yield readings.skeleton(folded), "skeleton"


def strange(text: str, folded: str) -> Iterator[View]:
    yield from letters_changed(folded)
    steps = readings.distances(letters(folded))
    yield steps, "letter_distances"
    yield steps, "letter_distances_backwards"
    yield from tokens(text)


def rare(text: str) -> Iterator[View]:
    steps = readings.distances(text)
    yield steps, "raw_distances"
    yield steps, "raw_distances_backwards"
    folded = fold(text)
    spaced = " ".join(folded.split())
    yield readings.distances(spaced), "spaced_distances"
    for stride in range(2, 7):
        yield spaced, f"spaced_columns:{stride}"
    for stride in (2, 3):
        for start in range(stride):
            yield letters(text[start::stride]), "plain"
    plain = letters(text)
    if len(plain) > 30:
        yield from _by_letters(plain)


def _by_letters(plain: str) -> Iterator[View]:
    for stride in (2, 3, 4):
        for start in range(stride):
            yield plain[start::stride], "plain"
    for stride in range(2, 9):
        yield plain, f"columns:{stride}"
    latin = "".join([letter for letter in plain if "a" <= letter <= "z"])
    for lag in range(1, 9):
        yield readings.shifts(latin, lag), f"shifts:{lag}"
    yield readings.shifts(readings.shifts(latin, 1), 1), "shifts:0"
    often, count = Counter(map("".join, pairwise(plain))).most_common(1)[0]
    if count * 12 > len(plain):  # a syllable that was put in everywhere
        yield plain.replace(often, ""), "plain"


def tokens(text: str) -> Iterator[View]:
    """Where a symbol is several characters: codes, Morse, spelling alphabets, pairs of digits."""
    streams = [text.split(), [token for token in _BETWEEN_TOKENS.split(fold(text)) if token]]
    signs = [char for char in text if not (char.isascii() or char.isspace())]
    streams.append(signs)
    for found in _DENSE.finditer(text):
        run = found.group()
        for width in (2, 3, 5, 8):
            streams += [re.findall("." * width, run[start:]) for start in range(width)]
    for stream in streams:
        counts = Counter(stream)
        if len(stream) < 20 or len(counts) > _MOST_KINDS or len(counts) * 1.6 > len(stream):
            continue
        names = {token: chr(0x4E00 + number) for number, token in enumerate(counts)}
        symbols = "".join([names[token] for token in stream])
        for view in (symbols, symbols.replace(names[counts.most_common(1)[0][0]], "")):  # the most frequent may be the blank
            steps = readings.distances(view)
            for strand in _OF_TOKENS:
                yield steps, strand


_OF_TOKENS = ("raw_distances", "raw_distances_backwards", "letter_distances", "letter_distances_backwards", "spaced_distances")
