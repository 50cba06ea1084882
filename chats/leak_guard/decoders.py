"""What a text says once its encoding is undone. A decoding counts only if it can be read; a text without encodings has none."""

import codecs
import html
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress

from chats.leak_guard import bases

_CODES = re.compile(r"(?<![0-9A-Za-z])(?:0[xXbBoO])?([0-9A-Fa-f]{1,8})(?![0-9A-Za-z])")
_MANY_CODES = re.compile(r"(?:(?:0[xXbBoO])?[0-9A-Fa-f]{2,8}[\s,;:|+-]{1,3}){8}")
_LEAST_CODES = 12
_LAST_LETTER = 0x2FFF  # of the scripts that are written with an alphabet

_NAMED = re.compile(r"<[^<>]{0,80}>|&[a-zA-Z]{2,8};|\\[nrt]|=\n")
_NUMBERED = re.compile(
    r"&#(?P<decimal>\d{1,7});?|&#[xX](?P<hex>[0-9a-fA-F]{1,6});?|\\u\{?(?P<braced>[0-9a-fA-F]{4,6})\}?|\\U(?P<long>[0-9a-fA-F]{8})"
    r"|[Uu]\+(?P<named>[0-9a-fA-F]{4,6})\s?|\\(?P<octal>[0-7]{3})"
)
_BYTES = re.compile(r"(?:(?:%|\\x|=)[0-9a-fA-F]{2})+")
_INVISIBLE = re.compile("[\u200b-\u200f\u2060-\u2064\ufeff\u00ad\ufe00-\ufe0f]")


def decodings(text: str, *, is_thorough: bool) -> Iterator[str]:
    if any(mark in text for mark in "<&%=\\+"):
        yield from _escapes(text)
    if max(map(len, text.split()), default=0) >= bases.LEAST:
        yield from _readable(_runs(text, bases.COMMON))
        yield from _readable(_runs(_unwrapped(text), bases.COMMON[:3]))
        if is_thorough:
            yield from _readable(_runs(text, bases.RARE))
            yield from _readable(_runs(text[::-1], bases.COMMON))
            yield from _readable(_runs(codecs.encode(text, "rot13"), bases.COMMON[:1]))
            yield from _readable([bases.uuencoded(text)])
    if _MANY_CODES.search(text):
        yield from _character_codes(text)
    if len(invisible := _INVISIBLE.findall(text)) >= 64:
        yield from _readable(_two_invisible(invisible))


def _readable(candidates: Iterable[bytes]) -> Iterator[str]:
    for data in candidates:
        if text := bases.readable(data):
            yield text


def _runs(text: str, known: Iterable[bases.Base]) -> Iterator[bytes]:
    for pattern, decode in known:
        for found in pattern.finditer(text):
            yield from decode(found.group())


def _unwrapped(text: str) -> str:
    """Lines that are one token each, joined."""
    lines = [line.strip(" \t\"'|>,`*") for line in text.splitlines()]
    return "".join([line for line in lines if len(line) >= 8 and " " not in line]) if len(lines) > 1 else ""


def _escapes(text: str) -> Iterator[str]:
    plain = _NAMED.sub(lambda found: html.unescape(found.group()) if found.group()[0] == "&" else " ", text)
    undone = _BYTES.sub(_bytes, _NUMBERED.sub(_character, plain))
    if undone != text:
        yield undone


def _character(found: re.Match[str]) -> str:
    base = {"decimal": 10, "octal": 8}.get(found.lastgroup or "", 16)
    code = int(found[found.lastgroup or 0], base)
    return chr(code) if 0 < code < 0x110000 else ""


def _bytes(found: re.Match[str]) -> str:
    digits = re.sub(r"%|\\x|=", "", found.group())
    return bytes.fromhex(digits).decode(errors="replace")


def _character_codes(text: str) -> Iterator[str]:
    """One after another, in any base, with anything between."""
    tokens = _CODES.findall(text)
    for base in (10, 16, 8, 2):
        codes = []
        for token in tokens:
            with suppress(ValueError):
                codes.append(int(token, base))
        sensible = [code for code in codes if 9 <= code <= _LAST_LETTER]
        if len(sensible) >= _LEAST_CODES and len(sensible) * 10 >= len(tokens) * 8:
            yield "".join(map(chr, sensible))


def _two_invisible(found: list[str]) -> Iterator[bytes]:
    zero = min(found)
    for zero_bit in "01":
        yield from bases.base_2("".join([zero_bit if char == zero else str(1 - int(zero_bit)) for char in found]))
