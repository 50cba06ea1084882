"""Which words of the secret a reply, and the replies before it, have given away. A word counts once, however often it is said."""

from collections.abc import Iterator, Set

from chats.leak_guard.secret import Secret

LEAST_PIECE = 4  # words of one match; fewer are anybody's phrases
LEAST_PASSAGE = 6  # words of pieces that lie side by side in the secret
ENOUGH_DISGUISED = 9  # nobody writes so many words of a secret in cipher by chance
NEIGHBOURS = 3  # words apart: one or two between may have been exchanged


class Evidence:
    def __init__(self, secret: Secret) -> None:
        self._secret = secret
        self._piece = min(LEAST_PIECE, secret.enough)
        self._passage = min(LEAST_PASSAGE, secret.enough)
        self._enough_disguised = min(ENOUGH_DISGUISED, secret.enough)
        self._free: set[int] = set()
        self._said: set[int] = set()
        self._disguised: set[int] = set()
        self._now: set[int] = set()

    def allow(self, words: Set[int]) -> None:
        """What is public, or what the visitor wrote: saying it again gives nothing away."""
        self._free |= words

    def begin_reply(self) -> None:
        """What was said before counts along from now on, but does not block a reply that adds nothing."""
        self._now = set()

    def add(self, words: Set[int], *, disguised: bool = False) -> None:
        words = self._given_away(words)
        if len(words) >= self._piece:
            self._said |= words
            self._now |= words
            if disguised:
                self._disguised |= words

    def _given_away(self, words: Set[int]) -> Set[int]:
        """Of what is free, no more than comes along with as many words that are not."""
        rest = words - self._free
        return rest | set(sorted(words & self._free)[-len(rest) :]) if rest else rest

    def missing(self, growing: Set[int] = frozenset()) -> int:
        """How many words more would be a leak. `growing` are those of a match that still goes on."""
        growing = self._given_away(growing)
        longest = total = 0
        for passage in _passages(self._said | growing):
            longest = max(longest, self._secret.weight(passage[0], passage[-1]))
            if len(passage) >= self._passage or not growing.isdisjoint(passage):
                total += len(passage)
        return max(0 if self._now or growing else 1, self._secret.enough - max(longest, total))

    @property
    def is_disguised(self) -> bool:
        return not self._disguised.isdisjoint(self._now)

    @property
    def is_enough(self) -> bool:
        if not self._now:
            return False
        disguised = sum(map(len, _passages(self._disguised)))
        return not self.missing() or (self.is_disguised and disguised >= self._enough_disguised)


def _passages(words: Set[int]) -> Iterator[list[int]]:
    """Words that lie side by side."""
    passage: list[int] = []
    for word in sorted(words):
        if passage and word - passage[-1] > NEIGHBOURS:
            yield passage
            passage = []
        passage.append(word)
    if passage:
        yield passage
