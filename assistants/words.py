"""What visitors see of an assistant as text to search in, and what they type as the pieces to look for. Pure.

Indexes of three letters in a row find any piece of three letters or more. So a shorter word is looked for where words begin,
with the space before it, and each character of a script that puts no spaces between words is a word of its own.
"""

import re
from collections.abc import Iterable

from gptlab.folding import folded

WORDS_MOST = 8
INDEXED_LEAST = 3  # letters

# Thai, Lao; Burmese; Khmer; kana; Han
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)


def searchable(texts: Iterable[str]) -> str:
    """Folded, a single space between words and at both ends."""
    words = _UNSPACED.sub(r" \g<0> ", folded("\n".join(texts))).split()
    return f" {' '.join(words)} "


def in_words(text: str) -> list[str]:
    """Folded; each character of a script without spaces by itself."""
    return searchable([text]).split()


def is_unspaced(word: str) -> bool:
    return _UNSPACED.fullmatch(word) is not None


def pieces(query: str) -> list[str]:
    """Each must stand somewhere in a `searchable` text."""
    return [_piece(word) for word in folded(query).split()[:WORDS_MOST]]


def _piece(word: str) -> str:
    spaced = searchable([word])
    if _UNSPACED.match(word) is None and len(word) >= INDEXED_LEAST:
        spaced = spaced[1:]
    return spaced if _UNSPACED.match(word[-1]) else spaced[:-1]
