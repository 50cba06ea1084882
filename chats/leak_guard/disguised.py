"""Looks for a disguised secret in the last of a growing text: the less that reads like language, the more thoroughly."""

from collections.abc import Iterable

from chats.leak_guard import disguises
from chats.leak_guard.decoders import decodings
from chats.leak_guard.disguises import View
from chats.leak_guard.evidence import Evidence
from chats.leak_guard.folding import fold, letters
from chats.leak_guard.language import LANGUAGE, STRANGE, WORDS, looks_like
from chats.leak_guard.secret import Secret
from chats.leak_guard.strands import matches

JUDGED = 80  # characters that tell what the text looks like now
NEAR = 200  # characters that most readings look back
FAR = 480  # where one letter takes several
KEPT = 1600
SELDOM = 160  # characters between the readings that cost more
DEEPEST = 3  # encodings within encodings
LONGEST_DECODED = 1200


class Disguised:
    def __init__(self, secret: Secret, evidence: Evidence) -> None:
        self._secret = secret
        self._evidence = evidence
        self._text = ""
        self._fresh = self._rarely_fresh = 0  # characters that the costlier readings have not seen

    def read(self, piece: str, *, plainly: set[int], is_last: bool) -> str:
        """Whether the text looks strange now. What is in `plainly` is said openly, so not in disguise."""
        self._text = (self._text + piece)[-KEPT:]
        self._fresh += len(piece)
        self._rarely_fresh += len(piece)
        seldom = is_last or self._rarely_fresh >= SELDOM
        kind = looks_like(self._text[-JUDGED:])
        near = self._text[-NEAR:]
        folded = fold(near)
        self._compare(disguises.words_changed(folded), plainly, JUDGED)
        if kind == STRANGE or (kind == WORDS and seldom):
            self._compare(disguises.strange(near, folded), plainly, self._fresh)
            self._decode(self._text if seldom else self._text[-FAR:], plainly, is_thorough=seldom)
            self._fresh = 0
        elif kind == WORDS:
            self._compare(disguises.letters_changed(folded), plainly, JUDGED)
        if seldom:
            if kind != LANGUAGE:
                self._compare(disguises.rare(near), plainly, self._rarely_fresh)
            self._compare(disguises.structure(self._text[-FAR:]), plainly, self._rarely_fresh)
            self._rarely_fresh = 0
        return kind

    def _decode(self, text: str, plainly: set[int], *, is_thorough: bool, depth: int = 1) -> None:
        for decoded in decodings(text, is_thorough=is_thorough):
            said = decoded[-LONGEST_DECODED:]
            self._compare([(letters(said), "plain")], plainly, LONGEST_DECODED)
            if self._evidence.is_enough:
                return
            if looks_like(said) == LANGUAGE:
                continue
            self._compare(disguises.words_changed(fold(said)), plainly, LONGEST_DECODED)
            self._compare(disguises.strange(said, fold(said)), plainly, LONGEST_DECODED)
            if is_thorough:
                self._compare(disguises.rare(said), plainly, LONGEST_DECODED)
            if depth < DEEPEST:
                self._decode(said, plainly, is_thorough=is_thorough, depth=depth + 1)

    def _compare(self, views: Iterable[View], plainly: set[int], fresh: int) -> None:
        for view, name in views:
            for match in matches(view, self._secret.strand(name), fresh=fresh):
                self._evidence.add(match.words - plainly, disguised=True)
