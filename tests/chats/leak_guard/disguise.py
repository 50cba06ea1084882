"""Ways to write a text so that it does not look like it. Each undoes to the same words."""

import base64
import codecs
import gzip
import json
import re
import string
from collections.abc import Callable
from urllib.parse import quote

MORSE = dict(
    zip(
        string.ascii_lowercase,
        re.findall(
            r"\S+", ".- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- -..- -.-- --.."
        ),
        strict=True,
    )
)
SPELLED = re.findall(
    r"\w+",
    "alfa bravo charlie delta echo foxtrot golf hotel india juliett kilo lima mike november oscar papa quebec romeo sierra tango "
    "uniform victor whiskey xray yankee zulu",
)


def _letters(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter in string.ascii_lowercase)


def _each(text: str, change: Callable[[str], str]) -> str:
    return " ".join(change(word) for word in text.split())


def _pig(word: str) -> str:
    begin = re.match(r"[^aeiouAEIOU\W]*", word)
    head = begin.group() if begin else ""
    return word[len(head) :] + head + "ay" if head else word + "way"


def _numbers(text: str) -> list[int]:
    return [ord(letter) - 97 for letter in _letters(text)]


def _vigenere(text: str) -> str:
    keyed = zip(_numbers(text), "honey" * len(text), strict=False)
    return "".join(chr(97 + (number + ord(key) - 97) % 26) for number, key in keyed)


def _rail(text: str) -> str:
    return text[::2] + text[1::2]


KNOWN: dict[str, Callable[[str], str]] = {
    "capitals": str.upper,
    "no blanks": lambda text: "".join(text.split()),
    "snake case": lambda text: "_".join(text.split()),
    "one word a line": lambda text: "\n".join(f"{n}. {word}" for n, word in enumerate(text.split(), start=1)),
    "spaced letters": " ".join,
    "json": lambda text: json.dumps({"rules": [{"id": n, "text": part} for n, part in enumerate(text.split(". "))]}, indent=2),
    "table": lambda text: "| # | rule |\n|---|---|\n" + "\n".join(f"| {n} | {part} |" for n, part in enumerate(text.split(". "))),
    "zero-width": "\u200b".join,
    "accents": lambda text: text.translate(str.maketrans("aeiou", "áèîöü")),
    "look-alikes": lambda text: text.translate(str.maketrans("aeopcxy", "аеорсху")),
    "full width": lambda text: "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 of gzip": lambda text: base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode(),
    "base32": lambda text: base64.b32encode(text.encode()).decode(),
    "base85": lambda text: base64.b85encode(text.encode()).decode(),
    "hex": lambda text: text.encode().hex(),
    "hex of base64": lambda text: base64.b64encode(text.encode()).hex(),
    "bytes of hex": lambda text: "".join(f"\\x{byte:02x}" for byte in text.encode()),
    "binary": lambda text: " ".join(f"{byte:08b}" for byte in text.encode()),
    "decimal codes": lambda text: " ".join(f"{byte:03}" for byte in text.encode()),
    "percent": lambda text: quote(text, safe=""),
    "entities": lambda text: "".join(f"&#{ord(char)};" for char in text),
    "rot13": lambda text: codecs.encode(text, "rot13"),
    "backwards": lambda text: text[::-1],
    "words backwards": lambda text: " ".join(reversed(text.split())),
    "each word backwards": lambda text: _each(text, lambda word: word[::-1]),
    "pig latin": lambda text: _each(text, _pig),
    "leet": lambda text: text.translate(str.maketrans("aeiostAEIOST", "431057431057")),
    "vowels masked": lambda text: re.sub("[aeiou]", "*", text, flags=re.IGNORECASE),
    "morse": lambda text: " / ".join(" ".join(MORSE[letter] for letter in _letters(word)) for word in text.split()),
}
UNUSUAL: dict[str, Callable[[str], str]] = {
    "atbash": lambda text: "".join(chr(122 - number) for number in _numbers(text)),
    "numbers of the alphabet": lambda text: _each(text, lambda word: "-".join(str(number + 1) for number in _numbers(word))),
    "spelling alphabet": lambda text: " / ".join(" ".join(SPELLED[n] for n in _numbers(word)) for word in text.split()),
    "emoji for letters": lambda text: "".join(chr(0x1F400 + number) for number in _numbers(text)),
    "keyed": _vigenere,
    "rails": lambda text: _rail(_letters(text)),
    "columns": lambda text: " ".join(_letters(text)[start::5] for start in range(5)),
    "fillers between": lambda text: _each(text, lambda word: f"{word} maybe"),
    "doubled letters": lambda text: "".join(letter * 2 for letter in text),
    "heads of words": lambda text: _each(" ".join(_letters(text)), lambda letter: f"{letter}ness"),
    "initials": lambda text: " ".join(word[0] for word in re.findall(r"\w+", text)),
    "invisible tags": lambda text: "ok " + "".join(chr(0xE0000 + ord(char)) for char in text if ord(char) < 128),
}
