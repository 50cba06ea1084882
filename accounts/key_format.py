"""Whether a text can be an API key at all, said before anything is hashed or sent: each mistake has its own sentence. Pure."""

import re
import unicodedata
from collections.abc import Sequence

from django.utils.translation import gettext as _

from gptlab import errors
from gptlab.llm.catalog import Provider

MOST_CHARACTERS = 512
_LEAST_AFTER_PREFIX = 16  # where no upstream checks a key, it must be long enough that nobody else has the same

# How keys of others begin, for who pastes the wrong one.
_VENDORS = {
    "sk-ant-": "Anthropic",
    "sk-or-": "OpenRouter",
    "AIza": "Google",
    "AQ.": "Google",
    "gsk_": "Groq",
    "xai-": "xAI",
    "hf_": "Hugging Face",
    "r8_": "Replicate",
    "pplx-": "Perplexity",
    "nvapi-": "NVIDIA",
    "fw_": "Fireworks",
    "tgp_": "Together",
    "csk-": "Cerebras",
    "AKIA": "Amazon Web Services",
    "ghp_": "GitHub",
    "github_pat_": "GitHub",
    "glpat-": "GitLab",
    "pk_live_": "Stripe",
    "sk_live_": "Stripe",
}
_AROUND = re.compile(r"""(?i)(export\s|authorization:|bearer\s|\w*(key|token|secret)\s*[=:])|["'“”‘’«»<`]|.*["'“”‘’«»>`]$""")
_NAMES = {"\0": "NUL", "\t": "TAB", "\n": "LF", "\r": "CR"}


def clean(raw: str, *, provider: Provider, others: Sequence[Provider] = ()) -> str:
    """The key without the spaces around it. Raises Invalid; its sentence never repeats the key. `others`: who else is listed."""
    key = raw.strip()
    complaint = (  # in this order: what is long is looked at no further
        _not_there(raw, key)
        or _too_long(key)
        or _several(key, provider.key_prefix)
        or _with_more_around(key)
        or _wrong_character(key)
        or _of_someone_else(key, provider, others)
        or _too_short(key, provider)
    )
    if complaint:
        raise errors.Invalid(complaint, field="api_key")
    return key


def _not_there(raw: str, key: str) -> str:
    if key:
        return ""
    return _("There were only spaces. Paste your API key here.") if raw else _("Paste your API key here.")


def _too_long(key: str) -> str:
    if len(key) <= MOST_CHARACTERS:
        return ""
    message = _("This has %(count)d characters. A key has %(most)d at most: copy only the key.")
    return message % {"count": len(key), "most": MOST_CHARACTERS}


def _several(key: str, prefix: str) -> str:
    """A key may contain its prefix by chance, so that alone is no sign of a second one."""
    half, odd = divmod(len(key), 2)
    twice = not odd and half > len(prefix) + _LEAST_AFTER_PREFIX and key[:half] == key[half:]
    return _("These are two keys, one after the other. Paste one of them.") if twice or _begins_again(key, prefix) else ""


def _begins_again(key: str, prefix: str) -> bool:
    if not prefix or not key.startswith(prefix):
        return False
    start = re.escape(prefix)
    plain = rf"{start}[A-Za-z0-9]{{{_LEAST_AFTER_PREFIX},}}"
    signs = (
        rf"[^A-Za-z0-9_-]{start}",  # after a comma, a space, a line break
        rf"^({plain}){{2,}}$",  # sk-…sk-…: keys without a dash inside
        rf"^({start}[a-z]+-).*\1",  # sk-proj-…sk-proj-…
        rf".{start}(proj|svcacct|admin)-",  # sk-…sk-proj-…
        rf"^.{{20,}}{start}[A-Za-z0-9]{{48}}$",  # sk-proj-…sk-…, the second of the old kind
    )
    return any(re.search(sign, key, re.DOTALL) for sign in signs)


def _with_more_around(key: str) -> str:
    return _("Paste only the key itself: no name or “Bearer” before it, no quotation marks.") if _AROUND.match(key) else ""


def _wrong_character(key: str) -> str:
    wrong = next((char for char in key if not "!" <= char <= "~"), "")
    if not wrong:
        return ""
    if wrong in "\r\n":
        return _("There is a line break inside this key. Copy it again in one piece.")
    if wrong.isspace() and wrong != "\t":
        return _("There is a space inside this key. Copy it again in one piece.")
    if unicodedata.category(wrong)[0] in "CZM":  # control, format, space, combining: nothing that one could see
        name = _NAMES.get(wrong) or unicodedata.name(wrong, f"U+{ord(wrong):04X}")
        return _("There is an invisible character inside this key (%(name)s). Copy it again, or type it.") % {"name": name}
    return _("“%(char)s” can’t be part of a key. Copy it again in full.") % {"char": wrong}


def _of_someone_else(key: str, provider: Provider, others: Sequence[Provider]) -> str:
    own = len(provider.key_prefix) if key.startswith(provider.key_prefix) else 0
    named = {"provider": provider.name, "prefix": provider.key_prefix}
    for other in others:
        if other.id != provider.id and len(other.key_prefix) > own and key.startswith(other.key_prefix):
            return _("This is a key of %(other)s. Choose %(other)s as the provider.") % {"other": other.name}
    if not provider.key_prefix:
        return ""
    for prefix, vendor in _VENDORS.items():
        if len(prefix) > own and key.startswith(prefix):
            message = _("This is a key of %(vendor)s. Here it takes one of %(provider)s, which begins with “%(prefix)s”.")
            return message % {"vendor": vendor, **named}
    if own:
        return ""
    return _("A key of %(provider)s begins with “%(prefix)s”. Copy it again in full.") % named


def _too_short(key: str, provider: Provider) -> str:
    least = len(provider.key_prefix) + (_LEAST_AFTER_PREFIX if provider.keyless else 1)
    return "" if len(key) >= least else _("This is only the beginning of a key. Copy it again in full.")
