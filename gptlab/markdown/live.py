"""A text that grows → HTML that grows with it: blocks that are closed for good, and the open rest.

Between two renderings, text is only appended where the cursor stands; that is nearly all of the time, so `feed` then does
nearly nothing. The laws, which the tests hold:
- `open_source` is always exactly what of the cleaned text is in no closed block.
- The closed blocks and `render(open_source)` together are `render(everything so far)`, after each feed, however it was split.
  Two exceptions: a block that closed before the definition of a link in it had come, and a whole that is more than limits.py
  reads as Markdown. The whole rendering, at the end, is the truth.
"""

import re
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.utils.safestring import SafeString
from markdown_it.token import Token

from gptlab.markdown import limits, parser
from gptlab.markdown.characters import CURSOR, END, clean
from gptlab.markdown.parser import Block
from gptlab.markdown.writing import write

PERIOD = 0.25  # seconds between renderings of the tail, at least
SHARE = 100  # and so many times what the last one took: a stream gets a hundredth of a core for its tail

LONGEST_FENCE = 1_000  # characters of a line that may close one

# Closed once a blank line follows. A list or indented code may go on after it.
_ENDED_BY_BLANK = {"paragraph_open", "table_open", "blockquote_open"}


class Change(NamedTuple):
    """What one feed changes on the page. Without a tail, `text` is to be appended, escaped, at the cursor."""

    blocks: str = ""  # HTML of the blocks that closed now
    tail: str | None = None  # HTML of the open rest, with one CURSOR in it; None: not rendered now
    text: str = ""  # what of the fed text is in neither

    def with_cursor(self, html: str) -> "Change":
        """The same with the page's own cursor in the tail."""
        return self if self.tail is None else self._replace(tail=self.tail.replace(CURSOR, html))


class LiveMarkdown:
    def __init__(self) -> None:
        self._open = ""  # parsed so far, in no closed block
        self._pending: list[str] = []  # fed since
        self._after_return = False  # the other half of a line end may come
        self._characters = self._lines = 0
        self._references: dict[str, Any] = {}
        self._work = limits.MOST_WORK
        self._due = float("-inf")
        self._fence: re.Pattern[str] | None = None  # inside of one: what closes it
        self._line = ""  # and the line that has come so far

    @property
    def open_source(self) -> str:
        return self._open + "".join(self._pending)

    def feed(self, text: str, *, now: float) -> Change:
        """`now` is in seconds of a clock that never goes back. An empty text renders what waits, if it is time."""
        if self._after_return or not text.isascii() or "\r" in text or "\0" in text:
            text = self._cleaned(text)
        if text:
            self._pending.append(text)
        if self._fence is not None:
            if not self._closes_fence(text):
                return Change(text=text)
        elif now < self._due or not self._pending:
            return Change(text=text)
        return self._rendered(text, now)

    def _cleaned(self, text: str) -> str:
        if not text:
            return text
        text = text[1:] if self._after_return and text[0] == "\n" else text
        self._after_return = text.endswith("\r")
        return clean(text)

    def _closes_fence(self, text: str) -> bool:
        """Inside of a fence nothing is Markdown until the line that closes it."""
        if "\n" not in text:
            if len(self._line) < LONGEST_FENCE:
                self._line += text
            return False
        *lines, self._line = (self._line + text).split("\n")
        return any(self._fence.match(line) for line in lines) if self._fence else False

    def _rendered(self, text: str, now: float) -> Change:
        fed = "".join(self._pending)
        self._pending.clear()
        self._open += fed
        self._characters += len(fed)
        self._lines += fed.count("\n")
        self._fence = None
        if self._characters > limits.MOST_CHARACTERS or self._lines > limits.MOST_LINES:
            self._due = float("inf")
            return Change(text=text)
        started = time.thread_time()
        closed = self._close()
        tail = self._tail()
        self._due = now + PERIOD + SHARE * (time.thread_time() - started)
        return Change(closed, tail)

    def _close(self) -> SafeString:
        """Takes from the open source the blocks that nothing can change any more. Only whole lines decide."""
        lines = self._open.split("\n")
        environment = parser.environment(self._references, growing=True)
        blocks = parser.blocks(self._open[: len(self._open) - len(lines[-1])], environment)
        closed = _closed(blocks, lines[:-1])
        if not closed:
            return SafeString("")
        last = _end(closed[-1])
        self._references = environment["references"]
        kept, self._work = limits.within(closed, self._open, self._work)
        self._open = "\n".join(lines[last:])
        parser.inlines(kept, environment)
        return write(kept)

    def _tail(self) -> str:
        source = self._open + END
        environment = parser.environment(self._references, growing=True)
        blocks, _left = limits.within(parser.blocks(source, environment), source, self._work)
        parser.inlines(blocks, environment)
        if blocks and blocks[-1][0].type == "fence" and END in blocks[-1][0].content:
            self._fence = _closing_fence(blocks[-1][0])
            self._line = self._open.rpartition("\n")[2]
        html = write(blocks, coloured=False)
        return html.replace(END, CURSOR) if html.count(END) == 1 else html.replace(END, "") + CURSOR


def _closed(blocks: Sequence[Block], lines: Sequence[str]) -> Sequence[Block]:
    """Those after which another has begun, and the last one if it has ended."""
    if not blocks or _has_ended(blocks[-1][0], lines):
        return blocks
    closed = blocks[:-1]
    is_undecided = blocks[-1][0].type == "formula_block"
    if closed and is_undecided and _end(closed[-1]) == _start(blocks[-1]):
        return closed[:-1]  # if it turns out to be no formula, it goes on with the lines before it
    return closed


def _has_ended(token: Token, lines: Sequence[str]) -> bool:
    first, last = token.map or (0, 0)
    if token.type == "fence":
        return last - 1 > first and _closing_fence(token).match(lines[last - 1]) is not None
    if token.type == "formula_block":
        return bool(token.meta["whole"])
    if token.type in _ENDED_BY_BLANK:
        return last < len(lines) and not lines[last].strip(" \t")
    return token.type in {"heading_open", "hr"}


def _closing_fence(token: Token) -> re.Pattern[str]:
    return re.compile(rf" {{0,3}}{token.markup[0]}{{{len(token.markup)},}}[ \t]*\Z")


def _start(block: Block) -> int:
    return (block[0].map or [0, 0])[0]


def _end(block: Block) -> int:
    return (block[0].map or [0, 0])[1]
