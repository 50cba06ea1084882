"""What a model writes can't act: no script, no request, no form, no name that scripts look for, no markup of the page's own.

The lists of what may come out are written down here again, on purpose.
"""

import nh3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gptlab.markdown import CURSOR, LiveMarkdown, render, sanitising
from gptlab.markdown.characters import clean
from gptlab.markdown.sanitising import sanitise
from tests.gptlab.html_tree import HtmlTree

MATHML = """
math mrow mi mo mn ms mtext mspace mstyle mpadded mphantom mfrac msqrt mroot msub msup msubsup munder mover munderover
mmultiscripts mprescripts none menclose mtable mtr mtd"""
MATHML_ATTRIBUTES = """
display aria-label accent accentunder columnalign columnlines depth displaystyle fence form height largeop linethickness lspace
mathvariant maxsize minsize movablelimits notation rowlines rspace scriptlevel separator stretchy symmetric voffset width"""
DIRECTED = {"dir": {"auto"}}
FRAMES = {
    "figure": {"class": {"code"}},
    "header": {},
    "button": {
        "class": {"btn btn-quiet btn-sm"},
        "type": {"button"},
        "data-copy": {"code"},
        "data-wrap": {None},
        "aria-pressed": {"false"},
    },
    "pre": {"tabindex": {"0"}, "dir": {"ltr", "auto"}, "aria-label": None, "class": {"plain"}},
    "div": {"class": {"table-wrap", "formula"}, "tabindex": {"0"}, "role": {"region", "group"}, "aria-label": None},
    "input": {
        "class": {"form-check-input"},
        "type": {"checkbox"},
        "disabled": {None},
        "checked": {None},
        "aria-label": {"Done", "To do"},
    },
}
ALLOWED = {
    **dict.fromkeys(("p", "h3", "h4", "h5", "h6", "blockquote", "ul"), DIRECTED),
    **{tag: {} for tag in ("br", "hr", "strong", "em", "s", "code", "table", "thead", "tbody", "tr")},
    **dict.fromkeys(MATHML.split(), dict.fromkeys(MATHML_ATTRIBUTES.split())),
    "ol": {"dir": {"auto"}, "start": None},
    "li": {"class": {"task"}},
    "th": {"dir": {"auto"}, "scope": {"col"}, "class": {"r", "m"}},
    "td": {"dir": {"auto"}, "class": {"r", "m"}},
    "a": {"href": None, "target": {"_blank"}, "rel": {"noopener noreferrer nofollow ugc"}},
    "span": {"class": {"k", "s", "mi", "nf", "c"}},
    **FRAMES,
}
CONTROLS = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufdd0\ufdd1\ufdd2")


def assert_inert(html):
    """Balanced, of allowed elements and attributes alone; returns the tree."""
    tree = HtmlTree(html)
    for tag, attributes in tree.elements:
        assert tag in ALLOWED, tag
        allowed = ALLOWED[tag]
        for name, value in attributes.items():
            assert name in allowed, f"{name} of {tag}"
            assert allowed[name] is None or value in allowed[name], f"{name}={value} of {tag}"
    for link in tree.of("a"):
        assert link.get("href", "https://").lower().startswith(("https://", "http://", "mailto:"))
    assert not CONTROLS & set(html.replace(CURSOR, "")), "a control that turns the text around, or a mark of the room's own"
    return tree


def live_html(text, *, size=3):
    """The page at the end of a stream, and on the way: every part of it inert."""
    growing, blocks = LiveMarkdown(), ""
    for number, at in enumerate(range(0, len(text), size)):
        change = growing.feed(text[at : at + size], now=number * 60.0)
        blocks += change.blocks
        assert_inert(change.tail or "")
    return blocks + render(growing.open_source)


# The numbers are those of the set of bad inputs that the project is tried with.
SHOWN_AS_TEXT = {
    15: "<script>alert(1)</script>",
    16: "<img src=x onerror=alert(1)>",
    17: "<svg onload=alert(1)>",
    18: "[x](javascript:alert(1))",
    20: "[x](data:text/html,<script>alert(1)</script>)",
    23: "[x](//evil.example)",
    24: '<a href="https://evil.example" ping="https://evil.example">x</a>',
    25: '<form action="https://evil.example"><button>x</button></form>',
    26: '<input hx-get="/sign-out/" hx-trigger="load">',
    27: "<style>@import 'https://evil.example'</style>",
    28: '<base href="https://evil.example">',
    29: '<meta http-equiv="refresh" content="0;url=https://evil.example">',
    30: '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    31: '<a id="csrf" name="htmx">x</a>',
    34: "</textarea></div></article>",
    48: "{{7*7}} {% debug %}",
    49: "'; DROP TABLE users; --",
    "comment": "<!-- x --><![CDATA[ y ]]><?php z ?><!doctype html>",
    "script block": "\n<script>\nalert(1)\n\n</script>\n",
    "own marks": f"a{CURSOR}b\ufdd10\ufdd2c",
    "figure": '<figure class="code"><header><button data-copy="code">Copy</button></header></figure>',
    "relative": "[x](/sign-out/) [x](?a) [x](#main) [x](sign-out)",
    "other schemes": "[x](vbscript:a) [x](file:///etc/passwd) [x](ftp://a.example) [x](tel:1) [x](blob:a) [x](view-source:https://a.example)",
    "user names": "[x](https://paypal.example@evil.example) [x](https://a:b@evil.example)",
    "backslashes": "[x](https:\\\\\\\\evil.example)",
}


@pytest.mark.parametrize("name", SHOWN_AS_TEXT)
def test_markup_shows_as_text(name):
    source = SHOWN_AS_TEXT[name]
    tree = assert_inert(render(source))
    assert {"a", "img", "input", "button", "form", "figure"}.isdisjoint(tree.tags())
    expected = "".join(character for character in source if character not in CONTROLS)
    assert " ".join(tree.text.replace("\\", "").split()) == " ".join(expected.replace("\\", "").split())


@pytest.mark.parametrize(
    "source",
    [
        "[x](JaVaScRiPt&#58;alert(1))",
        "[x](javascript&colon;alert(1))",
        "[x](java&#10;script:alert(1))",
        "[x](java\tscript:alert(1))",
        "[x](<java\nscript:alert(1)>)",
        "[x]( \x01javascript:alert(1))",
        "[x](\u00a0javascript:alert(1))",
        "[x](javascript\\:alert(1))",
        "[x](&#x6A;avascript:alert(1))",
        "[x](%6Aavascript:alert(1))",
        "[x](data&colon;text/html;base64,PHNjcmlwdD4=)",
        "[x](\\/\\/evil.example)",
        "[x](&#47;&#47;evil.example)",
        "[x](https:evil.example)",
        "[x](https:///evil.example)",
        "[x][y]\n\n[y]: javascript:alert(1)",
        "[x][y]\n\n[y]: //evil.example",
        "<javascript:alert(1)>",
        "<data:text/html,x>",
        "javascript://evil.example/%0aalert(1)",
        "[x](https://аpple.example)",  # a Cyrillic letter
        "<https://аpple.example>",
        "https://аpple.example",
        "[x](https://xn--pple-43d.example)",
        "https://xn--pple-43d.example",
        "[x](mailto:a@b.example,c@d.example\nBcc:e)",
    ],
)
def test_an_address_in_disguise_is_no_link(source):
    tree = assert_inert(render(source))
    assert tree.of("a") == []
    assert "x" in tree.text or "javascript" in tree.text or "example" in tree.text


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("![alt](https://evil.example/?q=1)", "alt (https://evil.example/?q=1)"),
        ("![](https://evil.example/?q=1)", "(https://evil.example/?q=1)"),
        ("![<b>&](https://b.example)", "<b>& (https://b.example)"),
        ("![*a* `b`][c]\n\n[c]: https://evil.example/?q=1", "a b (https://evil.example/?q=1)"),
        ("![a![b](https://b.example)](https://c.example)", "ab (https://c.example)"),
    ],
)
def test_an_image_becomes_words(source, shown):
    tree = assert_inert(render(source))
    assert tree.text.strip() == shown
    assert tree.of("img") == []


def test_text_cannot_be_turned_around():
    """35: an override or isolate in the source, or from an entity, does not get through; marks and right-to-left text do."""
    for source in (
        "a\u202eb\u2066c",
        "a&#x202e;b&#8294;c",
        "`a\u202eb\u2067c`",
        "[a\u202eb\u2068c](https://a.example)",
        "$\\unicode{202e}abc$",
    ):
        assert "abc" in assert_inert(render(source)).text
    assert "\u200f" in render("\u200fשלום")


@pytest.mark.parametrize(
    "source", ["```html onload=x\n<b>\n```", "```html\n<b>\n", "~~~\"onclick='x'\n<b>", "``` <script>\n<b>\n```"]
)
def test_a_fence_is_only_a_fence(source):
    """32, 33: left open at the cut, or with more than a language at its start."""
    assert "<b>" in assert_inert(render(source)).text


def test_what_looks_like_the_frame_of_code_is_text():
    forged = '<figure class="code"><header><button type="button" data-copy="code">Copy</button></header><pre>y</pre></figure>'
    assert assert_inert(render(forged)).tags() == ["p"]
    assert assert_inert(render(f"```html\n{forged}\n```")).tags().count("button") == 2


def test_a_link_without_an_address_is_its_words():
    tree = assert_inert(render("[x]()"))
    assert (tree.tags(), tree.text) == (["p"], "x\n")


def test_the_sanitiser_alone_would_do():
    """Were the parser to let HTML through, no more than plain text elements would come out."""
    for source in SHOWN_AS_TEXT.values():
        tree = assert_inert(sanitise(clean(source)))
        assert FRAMES.keys().isdisjoint(tree.tags())
    assert sanitise('<p id="a" name="b" style="c" onclick="d" class="e" hx-get="f" data-copy="g" dir="rtl">x</p>') == "<p>x</p>"
    assert sanitise("<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>") == "<math><mtext></mtext></math>"
    assert "href" not in sanitise('<a href="/sign-out/">x</a><a href="//a.example">x</a><a href="javascript:a">x</a>')
    assert "onclick" not in sanitise('<math onclick="a" href="javascript:b"><mi onclick="a" xlink:href="b">x</mi></math>')


@pytest.mark.parametrize("name", SHOWN_AS_TEXT)
def test_it_is_the_same_after_a_reload_as_at_the_end_of_the_stream(name):
    assert live_html(SHOWN_AS_TEXT[name]) == render(SHOWN_AS_TEXT[name])


PIECES = [
    "<", ">", '"', "'", "&", "=", "/", "`", "```", "\n", "\n\n", "[", "](", ")", "!", "javascript:", "https://a.example",
    "<script>", "</p>", "<a href=", "onerror=", "<svg/onload=x>", "&#x202e;", "&#xfdd0;", "&#60;script&#62;", "\\", "$", "$$",
    "\\text{<script>}", "\\(", "\\)", "| a |\n|---|\n", "|", "- [ ] ", "- ", "> ", "# ", "<math>",
    "<!--", "-->", "\0", "\u202e", "\ufffc",
    "&#xfffc;", CURSOR, "\ufdd1", "0", "\ufdd2", "\ud800", "&lt;b&gt;", "\\href{x}{y}", "\\unicode{3c}", "\\style{x}{y}",
    "{", "}", "^",
    "_", "~~~html", "\t", "\x0b", "\x0c", "\x1b", "\u2028",
]  # fmt: skip


@settings(max_examples=600, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=30).map("".join))
def test_whatever_is_written_comes_out_inert(text):
    html = render(text)
    assert_inert(html)
    assert_inert(live_html(text, size=5))
    widest = nh3.clean(
        html,
        tags=set(ALLOWED),
        attributes={tag: set(ALLOWED[tag]) - {"rel"} for tag in ALLOWED},
        link_rel=sanitising.REL,
    )
    assert HtmlTree(widest).events == HtmlTree(html).events  # a browser's parser reads it as we do
