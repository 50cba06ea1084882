"""The last word on what HTML a reply may hold. Whatever the parser and the writer let through, this does not.

Trusted markup (the frame of a piece of code, a task's box) comes in afterwards, from `writing.py` alone.
"""

import nh3

from gptlab.markdown import formulas

_WITH_DIRECTION = {"p", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "th", "td"}
_OTHERS = {"a", "br", "hr", "strong", "em", "s", "code", "span", "li", "table", "thead", "tbody", "tr"}
TAGS = _WITH_DIRECTION | _OTHERS | formulas.TAGS
ATTRIBUTES = {tag: set(formulas.ATTRIBUTES) for tag in formulas.TAGS} | {
    "a": {"href"},
    "ol": {"start"},
    "math": {"aria-label"},
}
VALUES = {tag: {"dir": {"auto"}} for tag in _WITH_DIRECTION} | {
    "th": {"dir": {"auto"}, "scope": {"col"}},
    "math": {"display": {"block", "inline"}},
}
CLASSES = {"span": {"k", "s", "mi", "nf", "c"}, "td": {"r", "m"}, "th": {"r", "m"}, "li": {"task"}}
REL = "noopener noreferrer nofollow ugc"

_cleaner = nh3.Cleaner(
    tags=TAGS,
    attributes=ATTRIBUTES,
    tag_attribute_values=VALUES,
    allowed_classes=CLASSES,
    set_tag_attribute_values={"a": {"target": "_blank"}},  # a chat that is left loses its place, and what was typed
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
    link_rel=REL,
)


def sanitise(html: str) -> str:
    return _cleaner.clean(html)
