"""Characters that never get through, and the few that this room uses for itself. Knows no Markdown.

The room's own marks are noncharacters: no text may hold them (Unicode 23.7), no entity decodes to them, and `clean` drops
them, so a model can't forge one.
"""

import re

CURSOR = "\ufdd0"  # in a tail's HTML: where appended text goes
FRAME_OPEN, FRAME_CLOSE = "\ufdd1", "\ufdd2"  # in unsanitised HTML: a number between them stands for trusted markup

# Where a growing source ends at the moment. A symbol, since that is what the parser must take it for: `**bold.**` closes
# before a symbol, not before a letter. Nobody misses the character itself, an empty box.
END = "\ufffc"

# Dropped: bidirectional embeddings, overrides and isolates, which make text read in another order than it is stored
# (U+200E and U+200F stay: they only mark); noncharacters; END. Replaced: halves of surrogate pairs and NUL.
_UNWANTED = re.compile("[\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff\ufffc]|(?P<broken>[\ud800-\udfff\0])")
_LINE_END = re.compile(r"\r\n?")

_FOR_TEXT: dict[int, str | None] = {
    **dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0xFDD0, 0xFDF0))),
    ord("&"): "&amp;",
    ord("<"): "&lt;",
    ord(">"): "&gt;",
    ord('"'): "&quot;",
}


def clean(text: str) -> str:
    """The text as it may be shown, line ends as `\\n`. Almost always the text itself."""
    if not text.isascii() or "\0" in text:
        text = _UNWANTED.sub(_instead, text)
    return _LINE_END.sub("\n", text) if "\r" in text else text


def escape(text: str) -> str:
    """For text and double-quoted attributes alike. Drops again what an entity can have brought back."""
    return text.translate(_FOR_TEXT)


def _instead(match: re.Match[str]) -> str:
    return "\ufffd" if match["broken"] else ""
