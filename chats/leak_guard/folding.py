"""Letters as they are meant: case, accents, look-alikes, styled alphabets and invisible characters folded away.

The same folding goes over the secret and over the reply, so it need not be right for a language, only the same on both sides.
"""

import re
import unicodedata

MOST_REMEMBERED = 20_000  # characters; no reply can make the table grow for ever

_LOOK_ALIKES = {
    "a": "аɑαᴀɐ∀", "b": "вьʙβɓ", "c": "сϲᴄⅽ", "d": "ԁᴅɗđ", "e": "еєεᴇǝɘ℮", "f": "ꜰƒɟ", "g": "ɡɢց", "h": "нһʜհɥ", "i": "іıɪιɩ",
    "j": "јϳᴊ", "k": "кκᴋʞ", "l": "ʟӏłⅼ", "m": "мᴍɯⅿ", "n": "ɴηո", "o": "оοօᴏøσ", "p": "рρᴘ", "q": "ԛ", "r": "ʀɹг", "s": "ѕꜱʂ",
    "t": "тτᴛʇ", "u": "υսᴜʋ", "v": "νᴠʌѵ", "w": "ԝᴡωѡʍ", "x": "хχ", "y": "уʏγʎү", "z": "ᴢʐ",
}  # fmt: skip
_TAGS = range(0xE0000, 0xE0080)  # invisible copies of ASCII
_REGIONAL = range(0x1F1E6, 0x1F200)  # the halves of flags
_SQUARED = (range(0x1F130, 0x1F14A), range(0x1F150, 0x1F16A), range(0x1F170, 0x1F18A))
_INVISIBLE = {"Cf", "Mn", "Me", "Cc"}

_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_ASCII_LOWER = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"abcdefghijklmnopqrstuvwxyz")
_ASCII_OTHERS = bytes(code for code in range(128) if not chr(code).isalpha())


class _Folded(dict[int, str]):
    def __missing__(self, code: int) -> str:
        if len(self) > MOST_REMEMBERED:
            self.clear()
            self.update(_FIXED)
        folded = self[code] = _fold_one(code)
        return folded


def _fold_one(code: int) -> str:
    if code in _TAGS:
        return chr(code - 0xE0000).lower()
    for alphabet in (_REGIONAL, *_SQUARED):
        if code in alphabet:
            return chr(ord("a") + code - alphabet.start)
    char = chr(code)
    if char in "\n\t\r":
        return char
    if unicodedata.category(char) in _INVISIBLE:
        return ""
    plain = unicodedata.normalize("NFKD", char).casefold()
    return "".join(_FIXED.get(ord(part), part) for part in plain if unicodedata.category(part) not in _INVISIBLE)


_FIXED = {ord(other): letter for letter, others in _LOOK_ALIKES.items() for other in others}
_folded = _Folded(_FIXED)


def _to_ascii(found: re.Match[str]) -> str:
    return found.group().translate(_folded)


def fold(text: str) -> str:
    """Small letters without accents; digits, blanks and punctuation stay. Pieces fold like the whole."""
    return text.lower() if text.isascii() else _NOT_ASCII.sub(_to_ascii, text).lower()


def letters(text: str) -> str:
    """Only the letters, folded, in one string."""
    if not text.isascii():
        text = _NOT_ASCII.sub(_to_ascii, text)
        if not text.isascii():
            return "".join(filter(str.isalpha, text.lower()))
    return text.encode().translate(_ASCII_LOWER, _ASCII_OTHERS).decode()
