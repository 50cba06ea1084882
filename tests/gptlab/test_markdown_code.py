"""Code in a reply: its frame, its language, its colours."""

import re

import pytest

from gptlab.markdown import colours, render
from tests.gptlab.html_tree import HtmlTree


def test_code_has_its_language_buttons_and_colours():
    html = render('```python title="x"\ndef f(a): return "b"  # c\n```')
    assert html.strip() == (
        '<figure class="code"><header><span>python</span>'
        '<button class="btn btn-quiet btn-sm" type="button" data-wrap aria-pressed="false">Wrap</button>'
        '<button class="btn btn-quiet btn-sm" type="button" data-copy="code">Copy</button></header>'
        '<pre tabindex="0" dir="ltr" aria-label="Python code"><code><span class="k">def</span> <span class="nf">f</span>(a): '
        '<span class="k">return</span> <span class="s">"b"</span>  <span class="c"># c</span>\n</code></pre></figure>'
    )


@pytest.mark.parametrize(
    ("fence", "shown", "label"),
    [
        ("```", "text", "Code"),
        ("    x", "text", "Code"),
        ("```C++", "C++", "C++ code"),
        ("```brainfuck", "brainfuck", "Code"),
        ('```"><b>', "text", "Code"),
        ("```html onload=x", "html", "HTML code"),
        ("```" + "a" * 60, "a" * 24, "Code"),
    ],
)
def test_a_fence_names_its_language_if_it_can(fence, shown, label):
    tree = HtmlTree(render(f"{fence}\n<b>&amp;\n"))
    assert tree.text.startswith(f"{shown}WrapCopy")
    assert "<b>&amp;" in tree.text or fence.startswith(" ")
    assert tree.of("pre") == [{"tabindex": "0", "dir": "ltr", "aria-label": label}]


def test_code_in_a_list_is_framed_too():
    tree = HtmlTree(render("- a\n  ```sql\n  select 1\n  ```\n"))
    assert tree.tags()[:5] == ["ul", "li", "figure", "header", "span"]
    assert "select 1\n" in tree.text


def test_code_keeps_its_first_blank_lines():
    assert "<code>\n\nx\n</code>" in render("```\n\n\nx\n```")


@pytest.mark.parametrize("name", [entry["names"].split()[0] for entry in colours._ENTRIES.values()])
@pytest.mark.parametrize(
    "code",
    [
        "a",
        "'",
        '"',
        "a'b\"c`d<e>&f # g // h /* i\n'''j\n\"\"\"k\n$l ${m @n :o -p --q <!-- r\ns: t = [u] {v} \\w \\\\ %x ~y é漢🙂\n\t\0\x0b",
        "def f(x):\n    return {'a': 1.5e3, **b}  # c\n\nclass A<T> : B { int x = 0xFF; char c = 'x'; }\n",
        '<a href="b" c=\'d\'>e</a>\n.f { color: #abc; margin: -1.5em }\n[g]\nh = "i\\"j"\n',
    ],
)
def test_colours_lose_no_character(name, code):
    html = colours.coloured(code, colours.language(name))
    assert HtmlTree(html).text == code
    assert set(re.findall(r"<[^>]*>", html)) <= {f'<span class="{kind}">' for kind in ("k", "s", "mi", "nf", "c")} | {"</span>"}


@pytest.mark.parametrize(
    ("name", "code", "expected"),
    [
        ("js", "const a = `b ${c}`; // d", "k:const s:`b ${c}` c:// d"),
        ("python", "x = f'''a\nb''' + r\"c\"", "s:f'''a\nb''' s:r\"c\""),
        ("rust", "fn f<'a>(x: &'a str) -> char { 'x' }", "k:fn k:'a k:'a k:str k:char s:'x'"),
        ("sql", "SELECT count(*) FROM t -- n", "k:SELECT nf:count k:FROM c:-- n"),
        ("json", '{"a": "b", "c": [1, true]}', 'nf:"a" s:"b" nf:"c" mi:1 k:true'),
        ("html", '<a href="b">it\'s</a>', 'k:<a nf:href s:"b" k:> k:</a k:>'),
        ("bash", 'cd $HOME && echo "a # b" # c', 'k:cd nf:$HOME k:echo s:"a # b" c:# c'),
        ("yaml", "a: true # b\nc-d:\n  - 1", "nf:a k:true c:# b nf:c-d mi:1"),
        ("diff", "-a\n+b\n c", "k:-a s:+b"),
        ("c", "#include <a.h>\nint main(void) { return 'x'; }", "c:#include k:int nf:main k:void k:return s:'x'"),
    ],
)
def test_code_is_coloured_by_its_language(name, code, expected):
    found = re.findall(r'<span class="(\w+)">([^<]*)</span>', colours.coloured(code, colours.language(name)))
    unescape = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&amp;": "&"}
    words = " ".join(f"{kind}:{text}" for kind, text in found)
    for entity, character in unescape.items():
        words = words.replace(entity, character)
    assert words == expected


def test_code_that_is_too_long_stays_plain():
    assert '<span class="k">' in render("```python\n" + "if x:\n" * 1000 + "```")
    assert '<span class="k">' not in render("```python\n" + "if x:\n" * 4000 + "```")
