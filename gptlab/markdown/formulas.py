r"""Formulas: where they are in a text, and LaTeX → MathML.

`$…$` and `\(…\)` in a line, `$$…$$` and `\[…\]` in a line or on lines of their own. Money is no formula: a dollar opens only
at the start of a word and before a non-space, closes only after one, and "$5 and 10$" is not mathematics either.
"""

import html
import re
from xml.etree import ElementTree as ET

from latex2mathml import exceptions as refusals
from latex2mathml.converter import Converter
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

from gptlab.markdown import characters
from gptlab.markdown.characters import END

LONGEST = 2_000  # characters of LaTeX
MOST_LINES = 100
DEEPEST = 60  # elements in each other

_DOLLARS = re.compile(r"\$\$(?!\$)((?:[^$\\]++|\\.)++)\$\$(?!\$)", re.DOTALL)
_DOLLAR = re.compile(r"\$(?![\s$])((?:[^$\\]++|\\.)++)(?<!\s)\$(?!\d|(?!(?:th|st|nd|rd|s)\b)[^\W\d_])", re.DOTALL)
_BRACKETS = re.compile(r"\\([(\[])((?:[^\\]++|\\[^()\[\]])++)\\([)\]])", re.DOTALL)
_ANY = re.compile(f"{_DOLLARS.pattern}|{_DOLLAR.pattern}|{_BRACKETS.pattern}", re.DOTALL)
_MONEY = re.compile(r"\d[\d.,]*\s+[^\W\d_]{2,}")
_CLOSERS = {"$$": re.compile(r"\$\$"), "\\[": re.compile(r"(?<!\\)\\[\[\]]")}  # a second opener ends the search, too

# Macros can grow without end, and nothing in a reply needs them.
_MACROS = re.compile(r"\\(?:newcommand|def|newenvironment|DeclareMathOperator)\b")
_LENGTH = re.compile(r"-?(?:[0-2]?\.\d{1,4}|[0-2])(?:em|ex)|0")  # a longer one could lay a formula over the page
_LENGTHS = {"width", "height", "depth", "lspace", "rspace", "voffset", "minsize", "maxsize", "linethickness"}
_TAGS = """
math mrow mi mo mn ms mtext mspace mstyle mpadded mphantom mfrac msqrt mroot msub msup msubsup munder mover munderover
mmultiscripts mprescripts none menclose mtable mtr mtd"""
_ATTRIBUTES = """
accent accentunder columnalign columnlines displaystyle fence form largeop mathvariant movablelimits notation rowlines scriptlevel
separator stretchy symmetric"""
TAGS = frozenset(_TAGS.split())
ATTRIBUTES = frozenset(_ATTRIBUTES.split()) | _LENGTHS

# The converter's own, and what it stumbles over; RecursionError is a RuntimeError.
_REFUSALS: tuple[type[Exception], ...] = (
    *(kind for kind in vars(refusals).values() if isinstance(kind, type) and issubclass(kind, Exception)),
    *(ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, StopIteration, TypeError, ValueError),
)


def to_mathml(latex: str, *, display: bool) -> str | None:
    """MathML that bears its source as its label; None if this LaTeX can't be set."""
    if len(latex) > LONGEST or _MACROS.search(latex):
        return None
    try:
        root = Converter(display="block" if display else "inline").convert_to_element(latex)
    except _REFUSALS:
        return None
    if _is_too_deep(root):
        return None
    for element in root.iter():
        if element.tag not in TAGS:
            return None
        element.text = characters.clean(html.unescape(element.text or ""))  # the converter writes entities
        for name in _LENGTHS & element.attrib.keys():
            if not _LENGTH.fullmatch(element.attrib[name]):
                del element.attrib[name]
    if not "".join(root.itertext()).strip():
        return None
    root.set("display", "block" if display else "inline")
    root.set("aria-label", latex)
    return ET.tostring(root, encoding="unicode", short_empty_elements=False)


def _is_too_deep(root: ET.Element) -> bool:
    level = [root]
    for _ in range(DEEPEST):
        level = [child for element in level for child in element]
    return bool(level)


def count(text: str) -> tuple[int, int]:
    """How many formulas a line has at most, and their characters: to know what they cost before they are read."""
    lengths = [len(match[0]) for match in _ANY.finditer(text)]
    return len(lengths), sum(lengths)


def inline(state: StateInline, silent: bool) -> bool:
    found = _formula_at(state)
    if found is None:
        return False
    latex, display, end = found
    if not silent:
        token = state.push("formula_inline", "math", 0)
        token.content, token.meta = latex, {"display": display}
    state.pos = end
    return True


def _formula_at(state: StateInline) -> tuple[str, bool, int] | None:
    """(LaTeX, whether it stands for itself, where it ends)"""
    source, at, most = state.src, state.pos, min(state.posMax, state.pos + LONGEST)
    if source[at] == "\\":
        match = _BRACKETS.match(source, at, most)
        if match is None or match[1] + match[3] not in {"()", "[]"}:
            return None
        return match[2].strip(), match[1] == "[", match.end()
    if source[at] != "$" or (at and (source[at - 1].isalnum() or source[at - 1] in "$\\_")):
        return None
    if match := _DOLLARS.match(source, at, most):
        return match[1].strip(), True, match.end()
    match = _DOLLAR.match(source, at, most)
    return (match[1], False, match.end()) if match and not _MONEY.match(match[1]) else None


def block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    r"""`$$` or `\[` at the start of a line, through to its closing mark at the end of a line, with no blank line between.

    While a text still grows (`growing` in the environment), one that has no end yet is taken as a formula to come: whether it
    becomes one is open, so nothing in it may be taken for a block of its own.
    """
    closer = _CLOSERS.get(_line(state, start)[:2])
    if closer is None or state.is_code_block(start):
        return False
    body = [_line(state, start)[2:]]
    last = start
    while not (mark := closer.search(body[-1])):
        last += 1
        if last == len(state.bMarks) - 1 and state.env["growing"]:  # at the end of the text, not only of what holds this line
            return _push(state, start, last, body, silent, whole=False)
        if last >= end or len(body) >= MOST_LINES or state.isEmpty(last) or state.sCount[last] < state.blkIndent:
            return False
        body.append(_line(state, last))
    rest = body[-1][mark.end() :].strip(" \t" + END)
    body[-1] = body[-1][: mark.start()]
    if rest or mark[0] == "\\[" or not "".join(body).strip():
        return False
    return _push(state, start, last + 1, body, silent, whole=True)


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def _push(state: StateBlock, start: int, end: int, body: list[str], silent: bool, *, whole: bool) -> bool:
    if not silent:
        token = state.push("formula_block", "math", 0)
        token.content, token.meta, token.map = "\n".join(body).strip(), {"whole": whole}, [start, end]
        state.line = end
    return True
