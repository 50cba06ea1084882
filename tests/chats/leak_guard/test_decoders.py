import base64
import binascii
import bz2
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chats.leak_guard.decoders import decodings

TEXT = "Never open the hive in the rain, and ask the abbot first."
DATA = TEXT.encode()


def all_decodings(text: str) -> list[str]:
    return list(decodings(text, is_thorough=True))


def number(alphabet: str) -> str:
    value, digits = int.from_bytes(DATA), ""
    while value:
        value, digit = divmod(value, len(alphabet))
        digits = alphabet[digit] + digits
    return digits


@pytest.mark.parametrize(
    "encoded",
    {
        "base64": base64.b64encode(DATA).decode(),
        "base64 in lines": base64.encodebytes(DATA * 3).decode(),
        "base64 cut at the front": base64.b64encode(b"..." + DATA).decode()[3:],
        "base64 backwards": base64.b64encode(DATA).decode()[::-1],
        "base64 of bz2": base64.b64encode(bz2.compress(DATA)).decode(),
        "base64 of zlib": base64.b64encode(zlib.compress(DATA)).decode(),
        "base32": base64.b32encode(DATA).decode(),
        "base85": base64.b85encode(DATA + b" " * (-len(DATA) % 5)).decode(),
        "ascii85": base64.a85encode(DATA + b" " * (-len(DATA) % 5)).decode(),
        "base58": number("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"),
        "base36": number("0123456789abcdefghijklmnopqrstuvwxyz"),
        "uuencoding": "begin 644 x\n" + "".join(binascii.b2a_uu(DATA[at : at + 45]).decode() for at in range(0, len(DATA), 45)),
        "bits": "".join(f"{byte:08b}" for byte in DATA),
        "octal": " ".join(f"{byte:o}" for byte in DATA),
        "decimal": ", ".join(map(str, DATA)),
        "0x": " ".join(f"0x{byte:02X}" for byte in DATA),
        "quoted-printable": "".join(f"={byte:02X}" for byte in DATA),
        "unicode": "".join(f"\\u{byte:04x}" for byte in DATA),
        "U+": " ".join(f"U+{byte:04X}" for byte in DATA),
        "hex entities": "".join(f"&#x{byte:x};" for byte in DATA),
        "invisible": "see?" + "".join("\u200b\u200c"[int(bit)] for byte in DATA for bit in f"{byte:08b}"),
    }.items(),
    ids=lambda item: item[0],
)
def test_an_encoding_is_undone(encoded):
    wanted = "".join(TEXT.split())[4:30]
    assert any(wanted in "".join(found.split()) for found in all_decodings(f"Here: {encoded[1]}")), all_decodings(encoded[1])


@pytest.mark.parametrize(
    "text", ["Bees fly at twelve degrees.", "1. One\n2. Two\n3. Three", "sha256: " + "9f86d081884c7d65" * 4, "x" * 900]
)
def test_a_text_without_encodings_has_no_decoding_that_reads_like_words(text):
    assert [found for found in all_decodings(text) if " " in found and found.strip() != text.strip()] == []


def test_a_bomb_unpacks_a_little():
    bomb = base64.b64encode(zlib.compress(b"honey " * 500_000)).decode()
    assert max(map(len, all_decodings(bomb))) <= 20_000


@given(st.text(max_size=400))
def test_no_text_breaks_them(text):
    all_decodings(text)
    all_decodings(base64.b64encode(text.encode(errors="replace")).decode())
