"""Whether a reply retells the secret, statement by statement. Cheap signs mark the statements worth embedding; few are."""

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from chats.leak_guard import meaning
from chats.leak_guard.folding import fold
from chats.leak_guard.language import FREQUENT_WORDS
from chats.leak_guard.readings import WORD
from chats.leak_guard.sentences import Sentences, asks_for_instructions, tells_of_duties

if TYPE_CHECKING:
    from chats.leak_guard.likeness import Likeness

ENOUGH = 12.1
ENOUGH_FOREIGN = 10.4  # in another language likeness is weaker, but on-topic talk is less like, too
ENOUGH_ASKED = 10.0  # the visitor has asked for it
SHARED_STEMS = 2
STEM = 5  # letters
SHORT_QUOTE = 7  # words: a heading or a term of the secret, said as it stands
MOSTLY = 0.8


class Vocabulary:
    """The words of a secret, as far as marking needs them."""

    def __init__(self, folded: str) -> None:
        words = WORD.findall(folded)
        counts = Counter(words)
        self.phrases = f" {' '.join(words)} "
        self.frequent = FREQUENT_WORDS & counts.keys()
        self.frequency = sum(counts[word] for word in self.frequent) / max(1, len(words))
        self.stems = _stems(words)


def _stems(words: Iterable[str]) -> set[str]:
    return {word[:STEM] for word in words if len(word) > 3 and word not in FREQUENT_WORDS}


class Retelling:
    def __init__(self, prompt: str, vocabulary: Vocabulary, open_texts: Iterable[str]) -> None:
        self._prompt = prompt
        self._vocabulary = vocabulary
        open_texts = list(open_texts)
        self._is_asked = any(asks_for_instructions(line) for text in open_texts[:1] for line in text.splitlines())
        self._open_words = {word for text in open_texts for word in WORD.findall(fold(text))}
        self._sentences = Sentences()
        self._likeness: Likeness | None = None
        self._words = self._frequent_words = 0
        self._score = self._score_before = 0.0

    def begin_reply(self) -> None:
        """What was said before counts along from now on, but does not block a reply that adds nothing."""
        self._sentences = Sentences()
        self._score_before = self._score

    def marked(self, text: str, *, is_last: bool = False) -> list[str]:
        """The statements that ended in this piece of text and might retell something."""
        finished = self._sentences.add(text)
        if is_last:
            finished += self._sentences.rest()
        return [statement for statement in finished if self._is_marked(statement)]

    def _is_marked(self, statement: str) -> bool:
        words = WORD.findall(fold(statement))
        known = self._vocabulary
        frequent = sum(map(known.frequent.__contains__, words))
        self._words += len(words)
        self._frequent_words += frequent
        if len(words) <= SHORT_QUOTE and f" {' '.join(words)} " in known.phrases:
            return False
        if sum(map(self._open_words.__contains__, words)) >= MOSTLY * len(words):
            return False
        if len(_stems(words) & known.stems) >= SHARED_STEMS or self._is_foreign(frequent, len(words), 0.5):
            return True
        return tells_of_duties(statement)

    def _is_foreign(self, frequent: int, words: int, share: float) -> bool:
        return frequent < share * self._vocabulary.frequency * words

    def prepare(self) -> None:
        """The first time for a prompt as slow as for so many statements."""
        if self._likeness is None:
            from chats.leak_guard import likeness  # and numpy: not where nothing is compared

            self._likeness = likeness.Likeness(likeness.of_secret(self._prompt))

    def is_told(self, statements: list[str]) -> bool:
        """Slow: about a millisecond for each statement."""
        self.prepare()
        assert self._likeness is not None
        self._score = self._likeness.add(meaning.vectors(statements), [tells_of_duties(one) for one in statements])
        return self._score >= self._enough and self._score > self._score_before

    @property
    def _enough(self) -> float:
        if self._is_asked:
            return ENOUGH_ASKED
        return ENOUGH_FOREIGN if self._is_foreign(self._frequent_words, self._words, 0.4) else ENOUGH
