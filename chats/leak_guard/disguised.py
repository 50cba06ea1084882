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

JUDGED = 48  # characters that tell what the text looks like now
NEAREST = 120  # characters that the quickest readings look back
NEAR = 200
OVERLAP = 24  # characters: seeds that began before
FAR = 480  # where one letter takes several
KEPT = 1600
SELDOM = 160  # characters between the readings that cost more
PATIENCE = 10  # steps: strange text in which nothing was found is looked at half as often from then on
DEEPEST = 3  # encodings within encodings
LONGEST_DECODED = 1200


class Disguised:
    def __init__(self, secret: Secret, evidence: Evidence) -> None:
        self._secret = secret
        self._evidence = evidence
        self._text = ""
        self._in_vain = 0  # steps in which the text was strange, and nothing in it
        self._fresh = self._rarely_fresh = 0  # characters that the costlier readings have not seen

    def read(self, piece: str, *, plainly: set[int], is_last: bool) -> bool:
        """Whether the end of the text looks like no language, and may be a cipher. What is in `plainly` is said openly."""
        self._text = (self._text + piece)[-KEPT:]
        self._fresh += len(piece)
        self._rarely_fresh += len(piece)
        seldom = is_last or self._rarely_fresh >= SELDOM
        kind = looks_like(self._text[-JUDGED:])
        nearest = fold(self._text[-NEAREST:])
        self._compare([disguises.words_backwards(nearest)], plainly, len(piece) + OVERLAP)
        self._in_vain = self._in_vain + 1 if kind == STRANGE and not self._evidence.is_disguised else 0
        if (kind == STRANGE and (self._in_vain < PATIENCE or self._in_vain % 2)) or (kind == WORDS and seldom) or is_last:
            near = self._text[-NEAR:]
            self._compare(disguises.strange(near, fold(near)), plainly, self._fresh)
            self._decode(self._text if seldom else self._text[-FAR:], plainly, is_thorough=seldom)
            if seldom and kind == STRANGE:
                self._compare(disguises.rare(near), plainly, self._rarely_fresh)
            self._fresh = 0
        elif kind == WORDS:
            self._compare(disguises.letters_changed(nearest), plainly, len(piece) + OVERLAP)
        if seldom:
            self._compare(disguises.structure(self._text[-2 * SELDOM :]), plainly, self._rarely_fresh)
            self._rarely_fresh = 0
        return kind == STRANGE

    def _decode(self, text: str, plainly: set[int], *, is_thorough: bool, depth: int = 1) -> None:
        for decoded in decodings(text, is_thorough=is_thorough):
            said = decoded[-LONGEST_DECODED:]
            self._compare([(letters(said), "plain")], plainly, LONGEST_DECODED)
            if self._evidence.is_enough:
                return
            if looks_like(said) == LANGUAGE:
                continue
            self._compare([disguises.words_backwards(fold(said))], plainly, LONGEST_DECODED)
            self._compare(disguises.strange(said, fold(said)), plainly, LONGEST_DECODED)
            if is_thorough:
                self._compare(disguises.rare(said), plainly, LONGEST_DECODED)
            if depth < DEEPEST:
                self._decode(said, plainly, is_thorough=is_thorough, depth=depth + 1)

    def _compare(self, views: Iterable[View], plainly: set[int], fresh: int) -> None:
        for view, name in views:
            for match in matches(view, self._secret.strand(name), fresh=fresh):
                self._evidence.add(match.words - plainly, disguised=True)
