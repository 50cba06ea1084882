"""Runs of characters that stand for bytes, and what the bytes say. Where a run begins is not known, so every phase is tried."""

import base64
import binascii
import bz2
import lzma
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress

LEAST = 16  # characters of a run
LONGEST = 1500  # characters of a run that is one large number
MOST_UNPACKED = 20_000  # bytes

_58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_36 = "0123456789abcdefghijklmnopqrstuvwxyz"
_45 = {char: value for value, char in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")}
_Z85 = str.maketrans(
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#",
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~",
)


def readable(data: bytes) -> str:
    """The text that the bytes are, or unpack to. Bytes that were never text hardly ever look like it."""
    text = data.decode(errors="ignore")
    if len(data) >= LEAST // 2 and len(text) * 10 >= len(data) * 9:
        plain = sum(map(str.isprintable, text)) + text.count("\n")
        if plain * 20 >= len(text) * 19:
            return text
    return _unpacked(data)


def _unpacked(data: bytes) -> str:
    unpacked = b""
    with suppress(zlib.error, OSError, EOFError, lzma.LZMAError):
        if data.startswith(b"\x1f\x8b"):
            unpacked = zlib.decompressobj(31).decompress(data, MOST_UNPACKED)
        elif data.startswith(b"x"):
            unpacked = zlib.decompressobj().decompress(data, MOST_UNPACKED)
        elif data.startswith(b"BZh"):
            unpacked = bz2.BZ2Decompressor().decompress(data, MOST_UNPACKED)
        elif data.startswith(b"\xfd7zXZ"):
            unpacked = lzma.LZMADecompressor().decompress(data, MOST_UNPACKED)
    return readable(unpacked) if unpacked else ""


def base_64(run: str) -> Iterator[bytes]:
    run = run.replace("-", "+").replace("_", "/")
    for phase in range(4):
        part = run[phase:]
        yield base64.b64decode(part[: len(part) - len(part) % 4])


def base_32(run: str) -> Iterator[bytes]:
    for phase in range(8):
        part = run[phase:].upper()
        yield base64.b32decode(part[: len(part) - len(part) % 8])


def base_16(run: str) -> Iterator[bytes]:
    for phase in range(2):
        part = run[phase:]
        yield bytes.fromhex(part[: len(part) - len(part) % 2])


def base_2(run: str) -> Iterator[bytes]:
    for width in (8, 7):
        for phase in range(width):
            yield bytes(int(run[at : at + width], 2) for at in range(phase, len(run) - width + 1, width))


def base_85(run: str) -> Iterator[bytes]:
    run = run.removeprefix("<~").removesuffix("~>")
    for decode in (base64.a85decode, base64.b85decode, lambda part: base64.b85decode(part.translate(_Z85))):
        for phase in range(5):
            with suppress(ValueError):
                yield decode(run[phase : len(run) - (len(run) - phase) % 5])


def base_45(run: str) -> Iterator[bytes]:
    for phase in range(3):
        values = [_45[char] for char in run[phase:]]
        groups = zip(values[::3], values[1::3], values[2::3], strict=False)
        yield b"".join((low + 45 * middle + 2025 * high & 0xFFFF).to_bytes(2, "big") for low, middle, high in groups)


def base_58(run: str) -> Iterator[bytes]:
    yield _number(run, _58)


def base_36(run: str) -> Iterator[bytes]:
    yield _number(run.lower(), _36)


def _number(run: str, alphabet: str) -> bytes:
    number = 0
    for char in run[:LONGEST]:
        number = number * len(alphabet) + alphabet.index(char)
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def uuencoded(text: str) -> bytes:
    data = b""
    for line in text.splitlines():
        if len(line) > LEAST and line.isascii():
            with suppress(binascii.Error):
                data += binascii.a2b_uu(line)
    return data


Base = tuple[re.Pattern[str], Callable[[str], Iterator[bytes]]]

COMMON: tuple[Base, ...] = (
    (re.compile(rf"[A-Za-z0-9+/_-]{{{LEAST},}}"), base_64),
    (re.compile(rf"(?<![A-Za-z2-7])(?:[A-Z2-7]{{{LEAST},}}|[a-z2-7]{{{LEAST},}})"), base_32),
    (re.compile(rf"[0-9A-Fa-f]{{{LEAST},}}"), base_16),
    (re.compile(r"[01]{64,}"), base_2),
)
RARE: tuple[Base, ...] = (
    (re.compile(r"[!-~]{24,}"), base_85),
    (re.compile(r"[0-9A-Z $%*+\-./:]{24,}"), base_45),
    (re.compile(r"[1-9A-HJ-NP-Za-km-z]{24,}"), base_58),
    (re.compile(r"[0-9a-z]{24,}|[0-9A-Z]{24,}"), base_36),
)
