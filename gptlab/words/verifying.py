"""Whether all pages can be shown, for `manage.py check`: every file in the operator's folder, whichever language it is for."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from gptlab.words import facts, reading
from gptlab.words.pages import NAMES, REVIEWED


def troubles() -> Iterator[str]:
    """What is wrong, a sentence for each file that is."""
    for folder in (Path(settings.PAGES_FOLDER), reading.OURS):
        for path in sorted(folder.glob("*.md")):
            try:
                _verify(path)
            except reading.Unreadable as error:
                yield str(error)


def unreviewed() -> list[str]:
    """The pages that the operator answers for, and has not said to have reviewed."""
    return [name for name in REVIEWED if not reading.find(name, "").is_reviewed]


def _verify(path: Path) -> None:
    name = path.name.partition(".")[0]
    if name not in NAMES:
        raise reading.Unreadable(f"{path.name}: there is no such page; there are {', '.join(NAMES)}.")
    source = reading.parse(path)
    if unknown := facts.unknown(source.markdown):
        raise reading.Unreadable(f"{path.name}: {{{{ {unknown[0]} }}}} is unknown; there are {', '.join(sorted(facts.FACTS))}.")
    if name == "terms" and source.is_own and source.version != reading.find(name, "").version:
        raise reading.Unreadable(f"{path.name}: terms.md has another version; they must be the same in every language.")
