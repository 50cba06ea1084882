"""What is read as Markdown at all. What is more, deeper or dearer than any honest reply is shown as it was written."""

import re
from collections.abc import Sequence

from markdown_it.token import Token

from gptlab.markdown import colours, formulas
from gptlab.markdown.parser import DEEPEST, Block

# The longest replies of today's models have a quarter of this. All of it takes less than half a second of one core.
MOST_CHARACTERS = 150_000
MOST_LINES = 6_000  # that are not blank
MOST_WORK = 200_000  # microseconds, roughly, for what stands in the lines: 20 times an ordinary reply of 11,000 characters

_LINES = re.compile(r"\n+")
_SIGNS = re.compile(r"[\[\]!*_~`<&\\:$]")
_CONTAINERS = {"list_item_open", "blockquote_open"}


def exceeded(source: str) -> bool:
    return len(source) > MOST_CHARACTERS or sum(1 for _ in _LINES.finditer(source)) > MOST_LINES


def within(blocks: Sequence[Block], source: str, work: int) -> tuple[list[Block], int]:
    """The blocks, with those that are too deep or too dear as plain text, and the work that is then left."""
    kept = []
    for each in blocks:
        block, cost = each, _cost(each)
        if cost <= work and not _is_too_deep(block):
            work -= cost
        elif block[0].type == "fence":
            block[0].meta["colourless"] = True
        else:
            block = [_plain(block, source)]
        kept.append(block)
    return kept, work


def _cost(block: Block) -> int:
    """Measured at the dearest: what a sign can make the parser do, a formula's conversion, a letter of code."""
    cost = 0
    for token in block:
        if token.type == "inline":
            content = token.content
            cost += 20 + len(content) // 10 + 12 * len(_SIGNS.findall(content)) + 12 * content.count("![")
            formulas_in_it, latex = formulas.count(content)
            cost += 100 * formulas_in_it + 15 * latex
        elif token.type == "formula_block":
            cost += 100 + 15 * len(token.content)
        elif len(token.content) <= colours.LONGEST:
            cost += len(token.content)
    return cost


def _is_too_deep(block: Block) -> bool:
    return any(token.level >= DEEPEST - 1 and token.type in _CONTAINERS for token in block)


def _plain(block: Block, source: str) -> Token:
    first, last = block[0].map or (0, 0)
    return Token("plain", "", 0, content="\n".join(source.split("\n")[first:last]), map=[first, last])
