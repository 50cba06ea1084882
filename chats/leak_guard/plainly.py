"""Follows what a growing text says of the secret openly, whatever its case, punctuation or layout, or what stands between."""

from chats.leak_guard.evidence import Evidence
from chats.leak_guard.folding import letters
from chats.leak_guard.secret import SAMPLING, SEED, Secret
from chats.leak_guard.strands import Match, extended

KEPT = 320  # letters


class Plainly:
    def __init__(self, secret: Secret, evidence: Evidence) -> None:
        self._secret = secret
        self._evidence = evidence
        self._letters = ""  # the last of what was read
        self.growing: Match | None = None  # the match that the text ends in
        self.words: set[int] = set()  # all that was said, short phrases too

    def read(self, piece: str) -> None:
        new = letters(piece)
        self._letters = (self._letters + new)[-KEPT:]
        if not new:
            return
        if self.growing is None or not self._goes_on(self.growing, len(new)):
            self.growing = self._found(len(new))

    def _goes_on(self, match: Match, new: int) -> bool:
        """Follow it further; a phrase that the secret has twice is not mistaken for the other one."""
        further = extended(self._letters, len(self._letters) - new - 1, self._secret.plain, match.secret_end - 1)
        further.words.update(match.words)
        self._note(further)
        self.growing = further
        return further.end == len(self._letters)

    def _found(self, new: int) -> Match | None:
        view, seeds = self._letters, self._secret.seeds
        last = len(view) - SEED
        hits = [at for at in range(max(0, last - new - SAMPLING), last + 1) if view[at : at + SEED] in seeds]
        if not hits:
            return None
        match, at = None, hits[0]
        while at <= last:
            place = seeds.get(view[at : at + SEED])
            if place is None:
                at += 1
                continue
            match = extended(view, at, self._secret.plain, place)
            self._note(match)
            at = max(at + 1, match.end - SEED + 1)
        return match if match is not None and match.end == len(view) else None

    def _note(self, match: Match) -> None:
        self.words |= match.words
        self._evidence.add(match.words)
