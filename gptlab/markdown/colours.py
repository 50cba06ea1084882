"""Colours for code, in five classes: k key words, s strings, mi numbers, nf names, c comments.

Regular expressions of our own, and few: each consumes what it has looked at, so the time is in proportion to the code whatever
stands in it. (Pygments' lexers are not like that: 2,500 characters of `_ ` keep its Java lexer busy for five seconds, and what
a model writes is not ours.) It need not be right in every corner; it must be quick, and lose no character.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from gptlab.markdown.characters import escape

LONGEST = 20_000  # characters of one piece of code; a longer one stays plain

# What a language can have: (class, pattern). "word" is a key word, a function if "(" follows, or plain.
_SIGNS = {
    # comments
    "hash": ("c", r"#[^\n]*+"),
    "spaced-hash": ("c", r"(?:^|(?<=\s))[#;][^\n]*+"),
    "slashes": ("c", r"//[^\n]*+|/\*[\s\S]*?(?:\*/|\Z)"),
    "dashes": ("c", r"--[^\n]*+|/\*[\s\S]*?(?:\*/|\Z)|\{-[\s\S]*?(?:-\}|\Z)"),
    "percent": ("c", r"(?<!\\)%[^\n]*+"),
    "markup-comment": ("c", r"<!--[\s\S]*?(?:-->|\Z)"),
    "directive": ("c", r"^[ \t]*+#[ \t]*+\w++"),
    "hunk": ("c", r"^(?:@@|diff|index)[^\n]*+"),
    "quotation": ("c", r"^>[^\n]*+"),
    # strings; one that the line leaves open stays plain
    "string": ("s", r"""\"(?:[^\"\\\n]++|\\.)*+\"?|'(?:[^'\\\n]++|\\.)*+'?"""),
    "characters": ("s", r"""\"(?:[^\"\\]++|\\[\s\S])*+\"?|'(?:[^'\\\n]|\\[^'\n]{1,8})'"""),
    "prefixed": ("s", r"""(?:\b[rRbBfFuU]{1,2}(?=['"]))?(?:\"(?:[^\"\\\n]++|\\.)*+\"?|'(?:[^'\\\n]++|\\.)*+'?)"""),
    "triple": ("s", r"""(?:\b[rRbBfFuU]{1,2}(?=['"]))?(?:\"{3}[\s\S]*?(?:\"{3}|\Z)|'{3}[\s\S]*?(?:'{3}|\Z))"""),
    "ticks": ("s", r"`(?:[^`\\]++|\\[\s\S])*+`?"),
    "quoted": ("s", r"""\"(?:[^\"\\]++|\\[\s\S])*+\"?|'[^']*+'?"""),
    "value": ("s", r"""(?<==)(?:\"[^\"]*+\"?|'[^']*+'?)"""),
    "added": ("s", r"^\+[^\n]*+"),
    "inline-code": ("s", r"`[^`\n]*+`?"),
    "dollars": ("s", r"\$[^$\n]*+\$?"),
    # numbers and the like
    "number": ("mi", r"\b\d\w*+(?:\.\d\w*+)?"),
    "signed": ("mi", r"-?\d[\w.+-]*+"),
    "measure": ("mi", r"#[0-9A-Fa-f]{3,8}\b|-?\d[\w.%]*+"),
    "symbol": ("mi", r"(?<!:):[^\W\d]\w*+"),
    # names
    "at": ("nf", r"@[\w.]++"),
    "instance": ("nf", r"@{1,2}\w++"),
    "variable": ("nf", r"\$[\w:]++"),
    "dollar": ("nf", r"\$\w++|\$\{[^}\n]*+\}?"),
    "macro": ("nf", r"\b[a-z_]\w*+!"),
    "command": ("nf", r"\b[A-Z][a-z]++-\w++"),
    "attribute": ("nf", r"[\w:.@-]++(?==)"),
    "key": ("nf", r"\"(?:[^\"\\\n]++|\\.)*+\"(?=\s{0,9}:)"),
    "yaml-key": ("nf", r"[\w./-]++(?=:(?:\s|\Z))"),
    "toml-key": ("nf", r"^[\w.-]++(?=[ \t]*+[=:])"),
    "property": ("nf", r"[\w-]++(?=\s{0,9}[:(])"),
    "target": ("nf", r"^[\w./%-]++(?=[ \t]*+:(?!=))"),
    "make-variable": ("nf", r"\$[({][^)}\n]*+[)}]?"),
    "strong": ("nf", r"\*\*[^*\n]++\*\*"),
    # key words and what stands like one
    "lifetime": ("k", r"'\w++"),
    "opening": ("k", r"<\?(?:php|=)?|\?>"),
    "prompt": ("k", r"^\$(?=\s)"),
    "tag": ("k", r"</?[A-Za-z][\w:.-]*+|/?>"),
    "rule": ("k", r"@[\w-]++|!important"),
    "anchor": ("k", r"[&*!][\w./-]++"),
    "section": ("k", r"^[ \t]*+\[[^\n\]]*+\]{1,2}"),
    "removed": ("k", r"^-[^\n]*+"),
    "macro-name": ("k", r"\\[A-Za-z@]++\*?"),
    "heading": ("k", r"^#{1,6}[ \t][^\n]*+"),
    # words
    "word": ("word", r"[^\W\d]\w*+"),
    "primed": ("word", r"[^\W\d][\w']*+"),
    "scalar": ("word", r"[\w./-]++"),
    "name": ("plain", r"[\w:.@-]++"),
}


@dataclass(frozen=True, slots=True)
class Language:
    label: str  # as people write its name
    pattern: re.Pattern[str]
    keywords: frozenset[str]
    folds: bool  # SELECT is select


def language(name: str) -> Language | None:
    label = _LABELS.get(name.lower())
    return _built(label) if label else None


@cache
def _built(label: str) -> Language:
    entry = _ENTRIES[label]
    signs = [_SIGNS[sign] for sign in entry["signs"].split()]
    pattern = "|".join(f"(?P<{colour}_{number}>{sign})" for number, (colour, sign) in enumerate(signs))
    keywords = frozenset(entry.get("keywords", "").split())
    return Language(label, re.compile(pattern, re.MULTILINE), keywords, folds=entry.get("folds", False))


def coloured(code: str, known: Language) -> str:
    """The code as HTML, spans around what has a colour."""
    parts = []
    done = 0
    for match in known.pattern.finditer(code):
        colour = _colour(match, known)
        if colour:
            start, end = match.span()
            parts.append(f'{escape(code[done:start])}<span class="{colour}">{escape(code[start:end])}</span>')
            done = end
    parts.append(escape(code[done:]))
    return "".join(parts)


def _colour(match: re.Match[str], known: Language) -> str | None:
    kind = (match.lastgroup or "").partition("_")[0]
    found = match[0]
    if kind == "word":
        if (found.lower() if known.folds else found) in known.keywords:
            return "k"
        return "nf" if match.string.startswith("(", match.end()) else None
    if kind == "s" and found[0] in "\"'`" and (len(found) < 2 or found[-1] != found[0]):
        return None
    return None if kind == "plain" or not found else kind


_ENTRIES = {entry["label"]: entry for entry in tomllib.loads(Path(__file__).with_name("languages.toml").read_text())["language"]}
_LABELS = {name: label for label, entry in _ENTRIES.items() for name in entry["names"].split()}
