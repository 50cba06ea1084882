"""Trusted markup around what a model wrote. Its words come in as text, through `format_html` alone."""

import re

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from gptlab.markdown import colours
from gptlab.markdown.characters import END

LONGEST_LABEL = 80

_NAME = re.compile(r"[\w+#.-]{1,24}")
_BLANK_LINES = re.compile(r"\n{4,}")


def code(info: str) -> tuple[SafeString, SafeString]:
    """A piece of code with its language and buttons to wrap and to copy it. `info` is what stands at the opening fence."""
    name = language_name(info)
    known = colours.language(name)
    label = _("%(language)s code") % {"language": known.label} if known else _("Code")
    opening = format_html(
        '<figure class="code"><header><span>{}</span>'
        '<button class="btn btn-quiet btn-sm" type="button" data-wrap aria-pressed="false">{}</button>'
        '<button class="btn btn-quiet btn-sm" type="button" data-copy="code">{}</button></header>'
        '<pre tabindex="0" dir="ltr" aria-label="{}"><code>',
        name or _("text"),
        _("Wrap"),
        _("Copy"),
        label,
    )
    return opening, SafeString("</code></pre></figure>")


def language_name(info: str) -> str:
    """The first word at a fence, if it can be a language's name."""
    match = _NAME.match(info.replace(END, "").strip())
    return match[0] if match else ""


def table(columns: list[str]) -> tuple[SafeString, SafeString]:
    """A table that scrolls inside itself, named by its columns."""
    names = ", ".join(filter(None, columns))[:LONGEST_LABEL]
    label = _("Table: %(columns)s") % {"columns": names} if names else _("Table")
    return format_html('<div class="table-wrap" tabindex="0" role="region" aria-label="{}">', label), SafeString("</div>")


def formula() -> tuple[SafeString, SafeString]:
    opening = format_html('<div class="formula" tabindex="0" role="group" aria-label="{}">', _("Formula"))
    return opening, SafeString("</div>")


def task(*, done: bool) -> SafeString:
    attributes = SafeString(" checked") if done else ""
    label = _("Done") if done else _("To do")
    return format_html('<input class="form-check-input" type="checkbox" disabled{} aria-label="{}"> ', attributes, label)


def plain(text: str) -> SafeString:
    """Text as it stands, its lines kept; of many blank lines, two."""
    return format_html('<pre class="plain" dir="auto">{}</pre>\n', _BLANK_LINES.sub("\n\n\n", text.strip("\n")))
