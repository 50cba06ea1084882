"""The operator's list of words that what is published for everybody should not have: a file, a word or phrase a line."""

import logging
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from assistants.words import searchable
from gptlab.folding import folded

logger = logging.getLogger(__name__)

_NO_WORD = re.compile(r"[\W_]+")


def count_in(texts: Iterable[str]) -> int:
    """How many entries of the list stand in the texts, as whole words, whatever their case, accents and spaces.

    One, while the list can't be read: what nobody could look through is not let pass.
    """
    try:
        entries = _entries()
    except (OSError, UnicodeDecodeError) as error:
        logger.error("the list of words can't be read: %s", error)
        return 1
    text = _words(texts)
    return sum(entry in text for entry in entries)


def _entries() -> frozenset[str]:
    """Read again when the file was changed."""
    if not settings.WORD_LIST:
        return frozenset()
    path = Path(settings.WORD_LIST)
    now = path.stat()
    return _read(path, (now.st_mtime_ns, now.st_size))


@lru_cache(maxsize=1)
def _read(path: Path, stamp: tuple[int, int]) -> frozenset[str]:
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    entries = (_words([line]) for line in lines if line and not line.startswith("#"))
    return frozenset(entry for entry in entries if entry.strip())


def _words(texts: Iterable[str]) -> str:
    """Folded, without punctuation and what does not show, a space around each word."""
    shown = "".join(character for character in "\n".join(texts) if unicodedata.category(character) != "Cf")
    return searchable([_NO_WORD.sub(" ", folded(shown))])
