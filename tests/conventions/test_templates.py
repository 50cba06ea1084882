"""What every template must do: speak through gettext, and need no exception from the content security policy."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.conventions import source

TEMPLATES = [path.relative_to(source.REPOSITORY) for path in sorted((source.REPOSITORY / "templates").rglob("*.html"))]
SPOKEN_ATTRIBUTES = {"alt", "title", "placeholder", "aria-label", "aria-description", "hx-confirm", "label"}
# Names and units, the same in every language.
UNTRANSLATED = {"GPT Lab", "OpenAI", "Markdown", "CSV", "JSON", "HTML", "API", "sk-", "KB", "MB", "ms", "s", "GPT", "Lab", "MIT"}

_TRANSLATED = re.compile(r"{%-?\s*blocktrans(?:late)?\b.*?{%-?\s*endblocktrans(?:late)?\s*-?%}", re.DOTALL)
_COMMENT = re.compile(r"{%\s*comment\b.*?{%\s*endcomment\s*%}|{#.*?#}", re.DOTALL)
_SETTINGS = re.compile(r"{%\s*block \w+_(?:class|setting)\s*%}.*?{%\s*endblock.*?%}")
_MACHINE_MADE = re.compile(r"\S*\d\S*")  # keys, codes, ciphertexts shown as they are
_TAG = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)


def speech(text):
    """Words of a template that are in no `translate`."""
    for unspoken in (_COMMENT, _TRANSLATED, _SETTINGS, _TAG):
        text = unspoken.sub(" ", text)
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return [found for found in reader.found if re.search(r"[^\W\d_]{2,}", _without_names(found))]


def _without_names(words):
    for name in sorted(UNTRANSLATED, key=len, reverse=True):
        words = words.replace(name, " ")
    return _MACHINE_MADE.sub(" ", words)


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []
        self._silent = 0

    def handle_starttag(self, tag, attrs):
        self._silent += tag in {"script", "style", "code"}
        self.found += [value for name, value in attrs if name in SPOKEN_ATTRIBUTES and value]

    def handle_endtag(self, tag):
        self._silent -= tag in {"script", "style", "code"}

    def handle_data(self, data):
        if not self._silent and data.strip():
            self.found.append(data.strip())


def breaking(rule):
    """The templates for which `rule(text)` finds something, with what it found."""
    texts = {str(path): _COMMENT.sub(" ", (source.REPOSITORY / path).read_text()) for path in TEMPLATES}
    return {path: found for path, text in texts.items() if (found := rule(text))}


def test_there_are_templates_to_look_at():
    assert Path("templates/base.html") in TEMPLATES


def test_every_word_can_be_translated():
    assert breaking(speech) == {}


@pytest.mark.parametrize(
    "unwanted",
    [
        r"\sstyle\s*=",
        r"<style\b",
        r"\son[a-z]+\s*=\s*[\"']",
        r"javascript:",
        r"<script\b(?![^>]*\bsrc=)[^>]*>",
    ],
)
def test_no_style_and_no_script_stands_in_a_page(unwanted):
    assert breaking(lambda text: re.findall(unwanted, text)) == {}


@pytest.mark.parametrize(
    "unwanted",
    [
        r"""(?:src|srcset|data|action|hx-(?:get|post))\s*=\s*["'](?:https?:)?//[^"']+""",
        r"""<link\b[^>]*href\s*=\s*["'](?:https?:)?//[^"']+""",
    ],
)
def test_nothing_comes_from_another_host(unwanted):
    assert breaking(lambda text: re.findall(unwanted, text)) == {}


def test_every_static_file_that_is_named_is_there():
    def missing(text):
        named = re.findall(r"""{%\s*static\s+["']([^"']+)["']""", text)
        ours = [name for name in named if not name.startswith("admin/")]  # those are Django's
        return [name for name in ours if not (source.REPOSITORY / "static" / name).exists()]

    assert breaking(missing) == {}


def test_a_form_that_posts_carries_its_token():
    def without_token(text):
        forms = re.findall(r"<form\b.*?</form>", text, re.DOTALL | re.IGNORECASE)
        posting = [form for form in forms if re.search(r"""method\s*=\s*["']?post""", form, re.IGNORECASE)]
        return [form.split("\n")[0] for form in posting if "{% csrf_token %}" not in form]

    assert breaking(without_token) == {}


def test_nothing_is_marked_safe_by_hand():
    assert breaking(lambda text: re.findall(r"\|\s*safe\b|autoescape off", text)) == {}


@pytest.mark.parametrize("word", ["Hello", '<img alt="A robot">', "{% if a %}Yes{% endif %} {{ b }}"])
def test_the_look_for_bare_words_finds_them(word):
    assert speech(word)


@pytest.mark.parametrize(
    "text",
    [
        '{% translate "Hello" %}',
        "{% blocktranslate trimmed %}Hello {{ name }}{% endblocktranslate %}",
        "GPT Lab",
        "<b>·</b> 12",
        "K3QX-9MZT2-…",
        "{# why #}",
    ],
)
def test_the_look_for_bare_words_lets_others_be(text):
    assert speech(text) == []
