"""Ways of reading a text as a string in which a family of disguises leaves no trace: for the secret and for replies alike."""

import re
from functools import lru_cache
from zlib import crc32

UNSPACED = r"\u3040-\u30ff\u3400-\u9fff"  # written without blanks: two characters are taken for a word
WORD = re.compile(rf"[{UNSPACED}]{{1,2}}|[^\W\d_{UNSPACED}]+|\d+")
FARTHEST = 15  # symbols: how far back a distance looks

_SOUNDS = {"ckq": "k", "szx52$": "s", "fv": "f", "dt7+": "t", "bp8": "p", "gj96": "j", "mn": "n"}
_BY_SOUND = bytes.maketrans("".join(_SOUNDS).encode(), "".join(sound * len(group) for group, sound in _SOUNDS.items()).encode())
_NO_SOUND = bytes(code for code in range(256) if chr(code) not in "".join(_SOUNDS))
_DOUBLED = re.compile(r"(.)\1+")


def skeleton(folded: str) -> str:
    """Consonants by their sound, doubles once; without vowels and what leetspeak, lisps and accents touch (h, l, r, w, y)."""
    return _DOUBLED.sub(r"\1", folded.encode("ascii", "ignore").translate(_BY_SOUND, _NO_SOUND).decode())


@lru_cache(maxsize=4096)
def word_symbol(word: str) -> str:
    """One symbol for a word; two words share one once in fifty thousand."""
    return chr(0x100 + crc32(word.encode(errors="replace")) % 50_000)


@lru_cache(maxsize=4096)
def set_symbol(word: str) -> str:
    """The same for a word reversed, scrambled, stuttered or in pig latin; none for words like "a"."""
    found = sorted(set(word) - {"a", "w", "y"})
    return word_symbol("".join(found)) if found else ""


def distances(symbols: str) -> str:
    """How far back each symbol stood last: exchanging one symbol for another, everywhere, leaves that as it is."""
    seen: dict[str, int] = {}
    found = []
    for place, symbol in enumerate(symbols):
        distance = place - seen.get(symbol, -FARTHEST - 1)
        found.append(_DISTANCE[distance] if distance <= FARTHEST else "a")
        seen[symbol] = place
    return "".join(found)


_DISTANCE = [chr(97 + distance) for distance in range(FARTHEST + 1)]


def shifts(latin: str, lag: int) -> str:
    """Steps in the alphabet from the letter `lag` before: a key of that length, added letter by letter, leaves them alone."""
    codes = latin.encode()
    return bytes([97 + (code - before) % 26 for before, code in zip(codes, codes[lag:], strict=False)]).decode()
