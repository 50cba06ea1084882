"""What the software knows of itself, for `{{ … }}` in a page: so no page says thirty minutes when it is twenty."""

import re
from collections.abc import Callable

from django.conf import settings
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

import gptlab
from gptlab.llm import catalog

_PLACE = re.compile(r"\{\{\s*(.*?)\s*\}\}")
_SIGNS = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~&:])")


def fill(markdown: str) -> str:
    """A name that is no fact stays as it stands; `unknown` finds it beforehand."""
    return _PLACE.sub(lambda match: FACTS[match[1]]() if match[1] in FACTS else match[0], markdown)


def unknown(markdown: str) -> list[str]:
    return sorted({match[1] for match in _PLACE.finditer(markdown)} - FACTS.keys())


def _contact() -> str:
    """A whole sentence, whether or not there is an address."""
    if not settings.CONTACT_EMAIL:
        return _("Whoever runs this lab has given no address to write to.")
    address = f"[{_plain(settings.CONTACT_EMAIL)}](mailto:{settings.CONTACT_EMAIL})"
    return _("Whoever runs this lab can be reached at %(address)s.") % {"address": address}


def _providers() -> str:
    return get_text_list([_plain(provider.name) for provider in catalog.providers()], _("or"))


def _keys() -> str:
    """A list: for each provider, how one comes by a key."""
    return "\n".join(f"- **{_plain(provider.name)}:** {_key(provider)}" for provider in catalog.providers())


def _key(provider: catalog.Provider) -> str:
    if provider.id == "demo":
        return _("none is needed, “Try it without a key” makes one. Its replies are canned and say so.")
    if provider.keyless:
        return _("it asks for none, so the lab makes one that is yours alone, and shows it to you once.")
    if not provider.key_help_url:
        return _("from its pages for developers.")
    words = _("open a developer account there, put some money on it, and make a key on its [page for keys](%(url)s).")
    return words % {"url": provider.key_help_url}


def _moderation() -> str:
    """A whole sentence."""
    if settings.MODERATE_MESSAGES:
        return _("The provider’s moderation, where it has one, looks at each message; you see what it found, we a number.")
    return _("In this lab no moderation looks at your messages.")


def _minutes(seconds: int) -> str:
    return ngettext("%(n)d minute", "%(n)d minutes", seconds // 60) % {"n": seconds // 60}


def _hours(seconds: int) -> str:
    return ngettext("%(n)d hour", "%(n)d hours", seconds // 3600) % {"n": seconds // 3600}


def _plain(text: str) -> str:
    """As text, whatever signs of Markdown are in it."""
    return _SIGNS.sub(r"\\\1", text)


FACTS: dict[str, Callable[[], str]] = {
    "contact": _contact,
    "idle time": lambda: _minutes(settings.VISIT_IDLE_SECONDS),
    "longest visit": lambda: _hours(settings.VISIT_MOST_SECONDS),
    "relay time": lambda: _minutes(settings.RELAY_SECONDS),
    "providers": _providers,
    "how to get a key": _keys,
    "moderation": _moderation,
    "version": lambda: _plain(gptlab.__version__),
}
