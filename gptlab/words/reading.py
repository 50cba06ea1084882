"""Which file says a page's words, and what stands in it: a small strict head and an empty line if it needs any, Markdown.

version: 2026-11
reviewed: yes

# Terms
"""

import logging
import re
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

logger = logging.getLogger(__name__)

OURS = Path(__file__).resolve().parent
VERSION_MOST = 32  # what a user's row holds
BYTES_MOST = 200_000
_LINE = re.compile(r"([a-z]+):\s*(\S.*?)\s*")
_YES = {"yes": True, "no": False}


class Unreadable(Exception):
    """A file that can't be a page; the words say which, and why."""


@dataclass(frozen=True, slots=True)
class Source:
    """`is_own`: the operator's, and not the one that comes with the software."""

    path: Path
    version: str
    is_reviewed: bool
    has_contents: bool
    markdown: str
    is_own: bool


_Stamp = tuple[int, int]
_kept: dict[Path, tuple[_Stamp, Source | None]] = {}


def find(name: str, language: str) -> Source:
    """The operator's file in this language, theirs in none, ours in this language, ours in none.

    Theirs first, even in another language: whoever has written terms of their own must not have ours agreed to. What can't be
    read is passed over, and the words before it stay as long as this process knows them.
    """
    for folder in (Path(settings.PAGES_FOLDER), OURS):
        for path in candidates(folder, name, language):
            if (source := _current(path)) is not None:
                return source
    raise Unreadable(f"There is no {name}.md.")


def candidates(folder: Path, name: str, language: str) -> list[Path]:
    """A region's language (de-at) may do with that of the others (de)."""
    tags = dict.fromkeys((language, language.partition("-")[0]))
    return [*(folder / f"{name}.{tag}.md" for tag in tags if tag), folder / f"{name}.md"]


def parse(path: Path) -> Source:
    """Raises Unreadable."""
    head, body = _split(path)
    unknown = head.keys() - {"version", "reviewed", "contents"}
    if unknown:
        raise Unreadable(f"{path.name}: {min(unknown)!r} is nothing that its head can say.")
    version = head.get("version", "")
    if len(version) > VERSION_MOST:
        raise Unreadable(f"{path.name}: a version has at most {VERSION_MOST} characters.")
    if not version and path.name.startswith("terms."):
        raise Unreadable(f"{path.name}: its head must say `version:`, which is what people agree to.")
    if not body.lstrip().startswith("# "):
        raise Unreadable(f"{path.name}: behind its head it must begin with its title, `# …`.")
    is_own = path.parent != OURS
    return Source(path, version, _yes(path, head, "reviewed"), _yes(path, head, "contents"), body, is_own)


def _current(path: Path) -> Source | None:
    """Looked at each time, read only when it has changed."""
    try:
        found = path.stat()
    except OSError:
        _kept.pop(path, None)
        return None
    stamp = (found.st_mtime_ns, found.st_size)
    before = _kept.get(path)
    if before is not None and before[0] == stamp:
        return before[1]
    try:
        source: Source | None = parse(path)
    except Unreadable as error:
        logger.error("a page can't be read: %s", error)
        source = before[1] if before else None
    _kept[path] = stamp, source
    return source


def _split(path: Path) -> tuple[dict[str, str], str]:
    try:
        if path.stat().st_size > BYTES_MOST:
            raise Unreadable(f"{path.name}: more than {BYTES_MOST // 1000} kB is no page.")
        text = path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(f"{path.name}: it can't be read as a text in UTF-8.") from error
    if text.startswith("# "):
        return {}, text
    lines, gap, body = text.partition("\n\n")
    head: dict[str, str] = {}
    for number, line in enumerate(lines.split("\n"), start=1):
        match = _LINE.fullmatch(line)
        if match is None or not gap:
            raise Unreadable(f"{path.name}, line {number}: a head of `name: value` lines and an empty line must come first.")
        if match[1] in head:
            raise Unreadable(f"{path.name}, line {number}: {match[1]!r} is said twice.")
        head[match[1]] = match[2]
    return head, body


def _yes(path: Path, head: dict[str, str], name: str) -> bool:
    word = head.get(name, "no").lower()
    if word not in _YES:
        raise Unreadable(f"{path.name}: `{name}:` must be yes or no.")
    return _YES[word]
