"""A page as it is shown: found, filled in, and made into HTML once for each text that comes out."""

from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from gptlab.markdown.document import Heading, document
from gptlab.words import facts, reading

NAMES = ("faq", "terms", "privacy", "about")
REVIEWED = ("terms", "privacy")  # whose operator answers for them

_document = lru_cache(maxsize=64)(document)


@dataclass(frozen=True, slots=True)
class Page:
    """`contents` is empty where the page wants none. `needs_review`: nobody has said yet that these words hold here."""

    title: str
    opening: SafeString
    html: SafeString
    contents: list[Heading]
    version: str
    needs_review: bool


def page(name: str) -> Page:
    """In the language that is active."""
    source = reading.find(name, get_language() or settings.LANGUAGE_CODE)
    made = _document(facts.fill(source.markdown))
    contents = made.contents if source.has_contents else []
    needs_review = name in REVIEWED and not source.is_reviewed
    return Page(made.title, made.opening, made.html, contents, source.version, needs_review)


def terms_version() -> str:
    """Which terms people agree to now: the same in every language."""
    return reading.find("terms", "").version
