"""What one version says otherwise than another: of the prompts lines and words, of the settings the values. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

LINES_AROUND = 2  # unchanged ones that are shown beside changed ones
WORDS_MOST = 400  # of a changed passage, on either side: a longer one is shown whole, old and new
LINES_MOST = 2_000  # of a text that is compared line by line
_WORD = re.compile(r"\s+|[^\s\w]|\w+")


@dataclass(frozen=True, slots=True)
class Line:
    """`kind` is same, old, new or gap; `pieces` are its parts, and whether each is what has changed."""

    kind: str
    pieces: tuple[tuple[str, bool], ...] = ()
    skipped: int = 0  # lines, of a gap


def compare(old: str, new: str) -> list[Line]:
    """Empty if they are the same."""
    if old == new:
        return []
    before, after = old.splitlines(), new.splitlines()
    if max(len(before), len(after)) > LINES_MOST:
        return [*_whole("old", before), *_whole("new", after)]
    lines: list[Line] = []
    for kind, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            lines += _whole("same", before[i:j])
        else:
            lines += _changed("\n".join(before[i:j]), "\n".join(after[k:m]), has_old=j > i, has_new=m > k)
    return list(_with_gaps(lines))


def _whole(kind: str, lines: list[str]) -> list[Line]:
    return [Line(kind, ((line, False),)) for line in lines]


def _changed(old: str, new: str, *, has_old: bool, has_new: bool) -> list[Line]:
    """A passage as it was and as it is, with the words marked that differ."""
    words, others = _WORD.findall(old), _WORD.findall(new)
    if not (has_old and has_new) or max(len(words), len(others)) > WORDS_MOST:
        return (_whole("old", old.split("\n")) if has_old else []) + (_whole("new", new.split("\n")) if has_new else [])
    matcher = SequenceMatcher(None, words, others, autojunk=False)
    was = [("".join(words[i:j]), kind != "equal") for kind, i, j, _k, _m in matcher.get_opcodes() if j > i]
    now = [("".join(others[k:m]), kind != "equal") for kind, _i, _j, k, m in matcher.get_opcodes() if m > k]
    return [*_lines_of("old", was), *_lines_of("new", now)]


def _lines_of(kind: str, pieces: list[tuple[str, bool]]) -> Iterator[Line]:
    line: list[tuple[str, bool]] = []
    for text, is_changed in pieces:
        first, *rest = text.split("\n")
        line.append((first, is_changed))
        for part in rest:
            yield Line(kind, tuple(piece for piece in line if piece[0]))
            line = [(part, is_changed)]
    yield Line(kind, tuple(piece for piece in line if piece[0]))


def _with_gaps(lines: list[Line]) -> Iterator[Line]:
    near = {at + step for at, line in enumerate(lines) if line.kind != "same" for step in range(-LINES_AROUND, LINES_AROUND + 1)}
    skipped = 0
    for at, line in enumerate(lines):
        if at not in near:
            skipped += 1
            continue
        if skipped:
            yield Line("gap", skipped=skipped)
            skipped = 0
        yield line
    if skipped:
        yield Line("gap", skipped=skipped)
