"""Markdown → tokens: CommonMark with tables, strikethrough, task lists, bare addresses and formulas, without HTML.

In two steps, so that who asks can look at the blocks first: `blocks` splits lines, `inlines` reads what stands in them.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, table
from markdown_it.token import Token
from typing_extensions import override

from gptlab.markdown import formulas, links

DEEPEST = 20  # levels; a list takes two. What stands deeper the parser leaves out.
MOST_CELLS = 3_000  # of one table

Block = list[Token]  # from one top-level token to its closing one
Environment = dict[str, Any]


class _Parser(MarkdownIt):
    @override
    def validateLink(self, url: str) -> bool:
        return links.is_allowed(url)

    @override
    def normalizeLinkText(self, link: str) -> str:
        return link  # as it stands: decoded, it could look like another


def blocks(source: str, environment: Environment) -> list[Block]:
    """The top-level blocks of a clean source. Link definitions that it finds go into the environment."""
    tokens: list[Token] = []
    _parser.block.parse(source, _parser, environment, tokens)
    found: list[Block] = []
    for token in tokens:
        if token.level == 0 and token.nesting >= 0:
            found.append([])
        found[-1].append(token)
    return found


def inlines(found: Iterable[Block], environment: Environment) -> None:
    for block in found:
        for token in block:
            if token.type == "inline":
                token.children = []
                _parser.inline.parse(token.content, _parser, environment, token.children)


def environment(references: Mapping[str, Any] | None = None, *, growing: bool = False) -> Environment:
    """`growing`: the source is not whole yet, see `formulas.block`."""
    return {"references": dict(references or {}), "growing": growing}


def _bounded_table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """What a table has beyond its most cells stays text: rows that are filled up cost nothing to write, but much to read."""
    if start + 1 >= end:
        return False
    columns = state.src.count("|", state.bMarks[start + 1], state.eMarks[start + 1]) + 1
    return table(state, start, min(end, start + 2 + MOST_CELLS // columns), silent)


def _configured() -> _Parser:
    parser = _Parser("commonmark", {"tasklists": True, "maxNesting": DEEPEST})
    parser.enable(["table", "strikethrough"]).disable(["html_block", "html_inline"])
    interrupts = ["paragraph", "reference", "blockquote", "list"]
    parser.block.ruler.at("table", _bounded_table, {"alt": ["paragraph", "reference"]})
    parser.block.ruler.before("fence", "formula", formulas.block, {"alt": interrupts})
    parser.inline.ruler.before("escape", "formula", formulas.inline)
    parser.inline.ruler.push("bare_address", links.bare_address)
    return parser


_parser = _configured()
