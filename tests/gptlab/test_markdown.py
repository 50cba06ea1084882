"""What Markdown becomes, as a reader sees it."""

import pytest

from gptlab.markdown import formulas, render
from tests.gptlab.html_tree import HtmlTree


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("*a* **b** ~~c~~ `d`", '<p dir="auto"><em>a</em> <strong>b</strong> <s>c</s> <code>d</code></p>'),
        ("# a", '<h3 dir="auto">a</h3>'),
        ("## a", '<h4 dir="auto">a</h4>'),
        ("##### a", '<h6 dir="auto">a</h6>'),
        ("a\n===", '<h3 dir="auto">a</h3>'),
        ("a\nb", '<p dir="auto">a<br>\nb</p>'),
        ("> a", '<blockquote dir="auto">\n<p dir="auto">a</p>\n</blockquote>'),
        ("---", "<hr>"),
        ("- a\n- b", '<ul dir="auto">\n<li>a\n</li>\n<li>b\n</li>\n</ul>'),
        ("3. a", '<ol start="3" dir="auto">\n<li>a\n</li>\n</ol>'),
        ("1. a", '<ol dir="auto">\n<li>a\n</li>\n</ol>'),
        ("- a\n\n- b", '<ul dir="auto">\n<li><p dir="auto">a</p>\n</li>\n<li><p dir="auto">b</p>\n</li>\n</ul>'),
        ("&copy; &lt;b&gt; &#x1F600;", '<p dir="auto">© &lt;b&gt; 😀</p>'),
        ("\\*a\\*", '<p dir="auto">*a*</p>'),
        ("", ""),
        (" \u200b ", '<p dir="auto">\u200b</p>'),
        ("مرحبا **world**", '<p dir="auto">مرحبا <strong>world</strong></p>'),
        ("👨‍👩‍👧 e\u0301", '<p dir="auto">👨‍👩‍👧 e\u0301</p>'),
    ],
)
def test_markdown_becomes_html(source, html):
    assert render(source).strip() == html


def test_a_table_scrolls_inside_itself_and_is_named_by_its_columns():
    html = render("| Page | *Rate* | x |\n|:--|--:|:-:|\n| Old & \\| | 7 % |\n")
    assert html.startswith(
        '<div class="table-wrap" tabindex="0" role="region" aria-label="Table: Page, Rate, x"><table>\n<thead>\n<tr>'
        '<th scope="col" dir="auto">Page</th><th scope="col" dir="auto" class="r"><em>Rate</em></th>'
        '<th scope="col" dir="auto" class="m">x</th></tr>'
    )
    assert '<td dir="auto">Old &amp; |</td><td dir="auto" class="r">7 %</td><td dir="auto" class="m"></td>' in html
    assert html.endswith("</tbody>\n</table></div>\n")


def test_a_task_is_a_box_that_says_whether_it_is_done():
    boxes = HtmlTree(render("- [x] a\n- [ ] b\n- [y] c\n")).of("input")
    assert boxes == [
        {"class": "form-check-input", "type": "checkbox", "disabled": None, "checked": None, "aria-label": "Done"},
        {"class": "form-check-input", "type": "checkbox", "disabled": None, "aria-label": "To do"},
    ]


# Formulas


@pytest.mark.parametrize(
    "source", ["$x^2$", "\\(x^2\\)", "a ($x^2$), b", "the $x^2$th", "$$x^2$$ here", "a \\[x^2\\] b", "$ $x^2$"]
)
def test_a_formula_in_a_line_becomes_mathml(source):
    tree = HtmlTree(render(source))
    assert tree.of("math")[0]["aria-label"] == "x^2"
    assert tree.tags()[0] == "p"
    assert "msup" in tree.tags()


@pytest.mark.parametrize(
    "source",
    [
        "$$x^2$$",
        "$$\nx^2\n$$",
        "\\[\nx^2\n\\]",
        "\\[ x^2 \\]",
        "a\n\\[\nx^2\n\\]\nb",
        "- a\n  $$\n  x^2\n  $$",
        "> \\[\n> x^2\n> \\]",
    ],
)
def test_a_formula_on_its_own_lines_stands_by_itself(source):
    tree = HtmlTree(render(source))
    assert tree.of("math") == [{"display": "block", "aria-label": "x^2"}]
    assert tree.of("div") == [{"class": "formula", "tabindex": "0", "role": "group", "aria-label": "Formula"}]


@pytest.mark.parametrize(
    "source",
    [
        "$5 and $10",
        "from $5 to 10$",
        "$20 against the other's 30$",
        "US$5, US$7",
        "A$AP$B",
        "$HOME/$PATH",
        "$ x $",
        "$x",
        "x$",
        "\\$x\\$",
        "`$x$`",
        "$$ is much",
        "\\[ a\n\nb \\]",
        "$$\na\n\nb\n$$",
        "\\(a",
        "a\\]",
    ],
)
def test_a_dollar_is_mostly_money(source):
    assert "<math" not in render(source)


@pytest.mark.parametrize(
    "latex",
    [
        "\\left(",
        "a^b^c",
        "\\newcommand{\\a}{\\a\\a}\\a",
        "\\def\\a{xx}\\def\\b{\\a\\a}\\b",
        "{" * 900,
        "\\sqrt" * 350,
        "\\displaystyle " * 100 + "x",
        "\\genfrac",
        "\\tag",
        "\\begin{matrix}",
        "\\rule{1}{",
        "%",
    ],
)
def test_latex_that_cannot_be_set_shows_as_it_is(latex):
    assert formulas.to_mathml(latex, display=False) is None
    assert latex in HtmlTree(render(f"\\({latex}\\)")).text.replace("\n", "") or latex == "%"


def test_a_formula_cannot_leave_its_place():
    html = render(
        "$\\href{javascript:alert(1)}{x} \\style{position:fixed}{y} \\class{a}{b} \\color{red}{z} \\hspace{-99em} "
        "\\text{<b>&amp;} \\kern-50em$"
    )
    assert {name for _, attributes in HtmlTree(html).elements for name in attributes} <= {
        "dir",
        "display",
        "aria-label",
        "stretchy",
        "displaystyle",
        "scriptlevel",
    }
    assert "<b>" not in html
    assert "50em" not in html.replace('aria-label="', "").split(">", 2)[2]


# Links


@pytest.mark.parametrize(
    ("source", "address"),
    [
        ("[a](https://a.example/b?c=d&e#f)", "https://a.example/b?c=d&e#f"),
        ("[a](<https://a.example/b c>)", "https://a.example/b%20c"),
        ("[a](mailto:b@c.example)", "mailto:b@c.example"),
        ("<https://a.example>", "https://a.example"),
        ("<b@c.example>", "mailto:b@c.example"),
        ("see https://a.example/b_(c)_d.", "https://a.example/b_(c)_d"),
        ("(https://a.example/b)", "https://a.example/b"),
        ("**https://a.example**", "https://a.example"),
        ("https://a.example。次", "https://a.example"),
        ("HTTP://A.example:8080/x", "HTTP://A.example:8080/x"),
        ("http://[::1]:3000/", "http://[::1]:3000/"),
        ("[a][b]\n\n[b]: https://a.example 'title'", "https://a.example"),
    ],
)
def test_a_whole_address_is_a_link(source, address):
    links = HtmlTree(render(source)).of("a")
    assert links == [{"href": address, "target": "_blank", "rel": "noopener noreferrer nofollow ugc"}]


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("[paypal.example](https://evil.example)", "paypal.example (evil.example)"),
        ("[https://paypal.example/login](https://evil.example/x)", "https://paypal.example/login (evil.example)"),
        ("[www.paypal.example](https://evil.example)", "www.paypal.example (evil.example)"),
        ("[**paypal**.example](https://evil.example)", "paypal.example (evil.example)"),
        ("[pаypal.example](https://evil.example)", "pаypal.example (evil.example)"),  # a Cyrillic letter
        ("[me@good.example](mailto:you@evil.example)", "me@good.example (you@evil.example)"),
        ("[the docs](https://a.example)", "the docs"),
        ("[a.example](https://www.a.example/b)", "a.example"),
        ("[example.org](https://docs.example.org)", "example.org"),
    ],
)
def test_a_link_that_claims_another_place_says_where_it_leads(source, shown):
    assert HtmlTree(render(source)).text.strip() == shown
