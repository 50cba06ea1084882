"""Text as search compares it: without capitals, accents and other marks, in every script and on every database alike."""

import unicodedata


def folded(text: str) -> str:
    """“Café” and “CAFE” are both “cafe”. Databases differ in this; SQLite knows capitals of ASCII only."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(char for char in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(char))
