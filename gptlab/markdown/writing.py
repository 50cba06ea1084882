"""Tokens → HTML that is safe to show.

The text is escaped here and sanitised after. What the sanitiser would not let through (the frame around a piece of code with
its button, a table's, a task's box) stands in the HTML as a number between two marks that no text can hold, and comes in at
the very end: what a model writes can never make such a frame.
"""

import re
from collections.abc import Callable, Sequence

from django.utils.safestring import SafeString
from markdown_it.token import Token

from gptlab.markdown import colours, formulas, frames, links
from gptlab.markdown.characters import END, FRAME_CLOSE, FRAME_OPEN, escape
from gptlab.markdown.parser import Block
from gptlab.markdown.sanitising import sanitise

_FRAME = re.compile(f"{FRAME_OPEN}(\\d+){FRAME_CLOSE}")

# What always looks the same. A heading of a reply is at least the third of its page.
_FIXED = {
    "softbreak": "<br>\n",  # a line that a model ends stays a line
    "hardbreak": "<br>\n",
    "hr": "<hr>\n",
    "strong_open": "<strong>",
    "strong_close": "</strong>",
    "em_open": "<em>",
    "em_close": "</em>",
    "s_open": "<s>",
    "s_close": "</s>",
    "bullet_list_open": '<ul dir="auto">\n',
    "bullet_list_close": "</ul>\n",
    "ordered_list_close": "</ol>\n",
    "list_item_close": "</li>\n",
    "blockquote_open": '<blockquote dir="auto">\n',
    "blockquote_close": "</blockquote>\n",
    "thead_open": "<thead>\n",
    "thead_close": "</thead>\n",
    "tbody_open": "<tbody>\n",
    "tbody_close": "</tbody>\n",
    "tr_open": "<tr>",
    "tr_close": "</tr>\n",
    "th_close": "</th>",
    "td_close": "</td>",
}
_HEADINGS = {f"h{level}": f"h{min(level + 2, 6)}" for level in range(1, 7)}
_ALIGNED = {"text-align:right": ' class="r"', "text-align:center": ' class="m"'}


def write(blocks: Sequence[Block], *, coloured: bool = True) -> SafeString:
    """The HTML of parsed blocks. Without colours for what will be written again a moment later."""
    return _Writer(coloured=coloured).write(blocks)


class _Writer:
    def __init__(self, *, coloured: bool) -> None:
        self._coloured = coloured
        self._frames: list[SafeString] = []
        self._closings: list[SafeString] = []  # what each open link and table ends in
        self._rules: dict[str, Callable[[Sequence[Token], int], str]] = {
            "inline": lambda tokens, at: self._all(tokens[at].children or []),
            "text": lambda tokens, at: escape(tokens[at].content),
            "text_special": lambda tokens, at: escape(tokens[at].content),
            "code_inline": lambda tokens, at: f"<code>{escape(tokens[at].content)}</code>",
            "paragraph_open": lambda tokens, at: "" if tokens[at].hidden else '<p dir="auto">',
            "paragraph_close": lambda tokens, at: "\n" if tokens[at].hidden else "</p>\n",
            "heading_open": lambda tokens, at: f'<{_HEADINGS[tokens[at].tag]} dir="auto">',
            "heading_close": lambda tokens, at: f"</{_HEADINGS[tokens[at].tag]}>\n",
            "ordered_list_open": lambda tokens, at: f'<ol{_start(tokens[at])} dir="auto">\n',
            "td_open": lambda tokens, at: f'<td dir="auto"{_alignment(tokens[at])}>',
            "th_open": lambda tokens, at: f'<th scope="col" dir="auto"{_alignment(tokens[at])}>',
            "plain": lambda tokens, at: self._frame(frames.plain(tokens[at].content)),
            "list_item_open": self._list_item,
            "table_open": self._table_open,
            "table_close": lambda tokens, at: "</table>" + self._frame(self._closings.pop()) + "\n",
            "fence": self._code,
            "code_block": self._code,
            "formula_block": self._formula_block,
            "formula_inline": self._formula_inline,
            "link_open": self._link_open,
            "link_close": lambda tokens, at: self._closings.pop(),
            "image": self._image,
        }

    def write(self, blocks: Sequence[Block]) -> SafeString:
        html = sanitise("".join(self._all(block) for block in blocks))
        return SafeString(_FRAME.sub(lambda match: self._frames[int(match[1])], html))

    def _all(self, tokens: Sequence[Token]) -> str:
        return "".join(_FIXED.get(token.type) or self._rules[token.type](tokens, at) for at, token in enumerate(tokens))

    def _frame(self, html: SafeString) -> str:
        self._frames.append(html)
        return f"{FRAME_OPEN}{len(self._frames) - 1}{FRAME_CLOSE}"

    def _framed(self, frame: tuple[SafeString, SafeString], html: str) -> str:
        opening, closing = frame
        return f"{self._frame(opening)}{html}{self._frame(closing)}\n"

    def _list_item(self, tokens: Sequence[Token], at: int) -> str:
        meta = tokens[at].meta
        return f'<li class="task">{self._frame(frames.task(done=meta["checked"]))}' if "checked" in meta else "<li>"

    def _table_open(self, tokens: Sequence[Token], at: int) -> str:
        cells = []
        for index in range(at, len(tokens)):
            if tokens[index].type == "thead_close":
                break
            if tokens[index].type == "inline":
                cells.append(_words(tokens[index].children or []))
        opening, closing = frames.table(cells)
        self._closings.append(closing)
        return self._frame(opening) + "<table>\n"

    def _code(self, tokens: Sequence[Token], at: int) -> str:
        token = tokens[at]
        wanted = self._coloured and len(token.content) <= colours.LONGEST and "colourless" not in token.meta
        language = colours.language(frames.language_name(token.info)) if wanted else None
        html = colours.coloured(token.content, language) if language else escape(token.content)
        unfinished = END if END in token.info else ""
        return self._framed(frames.code(token.info), html + unfinished)

    def _formula_block(self, tokens: Sequence[Token], at: int) -> str:
        token = tokens[at]
        mathml = formulas.to_mathml(token.content, display=True) if token.meta["whole"] else None
        return self._framed(frames.formula(), mathml or f"<code>{escape(token.content)}</code>")

    def _formula_inline(self, tokens: Sequence[Token], at: int) -> str:
        token = tokens[at]
        return formulas.to_mathml(token.content, display=token.meta["display"]) or f"<code>{escape(token.content)}</code>"

    def _link_open(self, tokens: Sequence[Token], at: int) -> str:
        address = str(tokens[at].attrs["href"])
        if not links.is_allowed(address):
            self._closings.append(SafeString(""))
            return ""
        end = next(index for index in range(at, len(tokens)) if tokens[index].type == "link_close")
        leads_to = links.destination(address, words=_words(tokens[at + 1 : end]))
        self._closings.append(SafeString("</a>" + (f" ({escape(leads_to)})" if leads_to else "")))
        return f'<a href="{escape(address)}">'

    def _image(self, tokens: Sequence[Token], at: int) -> str:
        """What it shows and where it is, in words: to fetch it would tell its server who reads this, and when."""
        token = tokens[at]
        return escape(" ".join(filter(None, (_words(token.children or []), f"({token.attrs['src']})"))))


def _words(tokens: Sequence[Token]) -> str:
    """The text of inline tokens without its markup."""
    return "".join(_words(token.children) if token.children else token.content for token in tokens)


def _alignment(token: Token) -> str:
    return _ALIGNED.get(str(token.attrs.get("style")), "")


def _start(token: Token) -> str:
    return f' start="{token.attrs["start"]}"' if "start" in token.attrs else ""
