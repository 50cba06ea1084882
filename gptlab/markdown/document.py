"""The operator's own words → HTML: pages with headings that can be linked to, and a line with a link in it.

Unlike what models write, such a text may link to pages of this site, its lines may be broken anywhere, and its headings keep
their level. It is no more trusted than that: no HTML, no picture, and sanitised last.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import nh3
from django.utils.safestring import SafeString
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.token import Token
from typing_extensions import override

from gptlab.markdown import links
from gptlab.markdown.characters import clean

_ID = re.compile(r"\s*\{#([a-z0-9-]+)\}\s*\Z")
_OURS = re.compile(r"/(?![/\\])[!-~]*|#[!-~]+")
_TAGS = {
    "p", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "a", "strong", "em", "s", "code", "pre", "br", "hr",
    "table", "thead", "tbody", "tr", "th", "td", "div",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href"}, "ol": {"start"}, "div": {"tabindex"}} | {tag: {"id"} for tag in ("h2", "h3", "h4")}
_cleaner = nh3.Cleaner(
    tags=_TAGS,
    attributes=_ATTRIBUTES,
    allowed_classes={"div": {"table-wrap"}},
    url_schemes={"http", "https", "mailto"},
    url_relative="pass_through",
    link_rel="noopener noreferrer",
)


@dataclass(frozen=True, slots=True)
class Heading:
    id: str
    words: str
    below: list["Heading"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Document:
    """`title` is its first heading, `opening` what stands before the second, `html` all from there, `contents` its headings."""

    title: str
    opening: SafeString
    html: SafeString
    contents: list[Heading]


class _Parser(MarkdownIt):
    @override
    def validateLink(self, url: str) -> bool:
        return _OURS.fullmatch(url) is not None or links.is_allowed(url)


def document(text: str) -> Document:
    """An id of its own choice stands behind a heading's words: `## Where to write {#contact}`."""
    tokens = _parser.parse(clean(text))
    title = ""
    if tokens and tokens[0].type == "heading_open" and tokens[0].tag == "h1":
        title, tokens = _words(tokens[1]), tokens[3:]
    contents = _contents(tokens)
    first = next((at for at, token in enumerate(tokens) if token.type == "heading_open"), len(tokens))
    return Document(title, _html(tokens[:first]), _html(tokens[first:]), contents)


def line(text: str) -> SafeString:
    """A sentence or two, with emphasis and links and nothing else."""
    return SafeString(_cleaner.clean(_parser.renderInline(clean(text))))


def _html(tokens: Sequence[Token]) -> SafeString:
    return SafeString(_cleaner.clean(_parser.renderer.render(tokens, _parser.options, {})))


def _contents(tokens: Sequence[Token]) -> list[Heading]:
    """Gives each heading its id, and finds them: those of the second level, and below each those of the third."""
    found: list[Heading] = []
    taken: set[str] = set()
    for opening, words in _headings(tokens):
        heading = Heading(_own_id(words) or _free(slugify(_words(words), allow_unicode=True) or "part", taken), _words(words))
        taken.add(heading.id)
        opening.attrSet("id", heading.id)
        if opening.tag == "h3" and found:
            found[-1].below.append(heading)
        elif opening.tag == "h2":
            found.append(heading)
    return found


def _headings(tokens: Sequence[Token]) -> Iterator[tuple[Token, Token]]:
    yield from ((token, tokens[at + 1]) for at, token in enumerate(tokens) if token.type == "heading_open")


def _own_id(inline: Token) -> str:
    """Takes it off the words."""
    last = inline.children[-1] if inline.children else None
    if last is None or last.type != "text" or (match := _ID.search(last.content)) is None:
        return ""
    last.content = last.content[: match.start()]
    return match[1]


def _free(wanted: str, taken: set[str]) -> str:
    return next(name for name in (wanted, *(f"{wanted}-{number}" for number in range(2, 1000))) if name not in taken)


def _words(inline: Token) -> str:
    kept = (" " if child.type == "softbreak" else child.content for child in inline.children or [])
    return "".join(kept).strip()


def _configured() -> _Parser:
    parser = _Parser("commonmark")
    parser.enable(["table", "strikethrough"]).disable(["html_block", "html_inline", "image"])
    parser.add_render_rule("table_open", lambda *_args: '<div class="table-wrap" tabindex="0"><table>\n')
    parser.add_render_rule("table_close", lambda *_args: "</table></div>\n")
    return parser


_parser = _configured()
