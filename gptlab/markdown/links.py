"""Which addresses become links, and what a link must say about itself.

Only whole addresses of plain ASCII: `http`, `https`, `mailto`. No relative or protocol-relative ones, no user names before
the host, no international host names (a homograph looks like another host): all these stay text. A link whose words claim
one address and that leads to another says where it leads.
"""

import re
from urllib.parse import urlsplit

from markdown_it.rules_inline import StateInline

from gptlab.markdown.characters import END

LONGEST = 2_000

_WEB = re.compile(
    r"https?://(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::\d{1,5})?(?:[/?#][!-~]*)?", re.IGNORECASE | re.ASCII
)
_MAIL = re.compile(r"mailto:[\w.+-]+@[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?:\?[!-~]*)?", re.IGNORECASE | re.ASCII)
_END_ENCODED = "%EF%BF%BC"  # what an unfinished address ends in

_SCHEME = re.compile(r"https?\Z", re.IGNORECASE)
_BEFORE = "(*_~[|,;"  # or white space, or another script; not a quote: an address in shown markup is no link
_BARE = re.compile(r"""https?://[^\s<>"'`\\^{|}\x7f-\U0010ffff]{1,2000}""", re.IGNORECASE)
_TRAILING = "?!.,:;*_~'\""

_CLAIM = re.compile(r"https?:/*(?:[^\s/?#@]*@)?([^\s/?#:@]+)|^\W*((?:[\w-]+\.)+[^\W\d_]{2,})(?=[/?#:)\s]|$)", re.IGNORECASE)


def is_allowed(address: str) -> bool:
    """Asked of every address, after entities, escapes and white space were resolved."""
    if len(address) > LONGEST or _END_ENCODED in address:
        return False
    if _WEB.fullmatch(address):
        return "xn--" not in address.split("/", 3)[2].lower()
    return _MAIL.fullmatch(address) is not None


def destination(address: str, *, words: str) -> str:
    """Where the link leads, if its words claim something else; empty if they claim nothing."""
    if address[:7].lower() == "mailto:":
        actual = address[7:].partition("?")[0]
        return actual if "@" in words and words.strip().lower() != actual.lower() else ""
    claim = _CLAIM.search(words)
    if claim is None:
        return ""
    claimed = (claim[1] or claim[2]).lower().removeprefix("www.")
    actual = (urlsplit(address).hostname or "").removeprefix("www.")
    return "" if actual == claimed or actual.endswith("." + claimed) else actual


def bare_address(state: StateInline, silent: bool) -> bool:
    """An inline rule: `https://…` in running text, without the punctuation that ends the sentence."""
    if silent or state.linkLevel or not state.src.startswith("://", state.pos):
        return False
    scheme = _SCHEME.search(state.pending)
    if scheme is None:
        return False
    start = state.pos - len(scheme[0])
    before = state.src[start - 1] if start else " "
    match = _BARE.match(state.src, start, state.posMax)
    if match is None or not (before.isspace() or before in _BEFORE or not before.isascii()):
        return False
    if state.src.startswith(END, match.end()):
        return False  # one that still grows would lead elsewhere
    address = _without_trailing(match[0])
    if not is_allowed(address):
        return False
    state.pending = state.pending[: -len(scheme[0])]
    state.push("link_open", "a", 1).attrs = {"href": address}
    state.push("text", "", 0).content = address
    state.push("link_close", "a", -1)
    state.pos += len(address) - len(scheme[0])
    return True


def _without_trailing(address: str) -> str:
    while address:
        last = address[-1]
        unpaired = (last == ")" and address.count("(") < address.count(")")) or (last == "]" and "[" not in address)
        if last not in _TRAILING and not unpaired:
            break
        address = address[:-1]
    return address
