"""The guard on a growing reply: lets text through, holds it back while a match is under way, or blocks.

It reads in steps whose lengths depend on the text alone, never on the pieces in which it comes, so neither does the verdict.
"""

from collections.abc import Iterable, Iterator, Mapping

from chats.leak_guard import meaning, resemblance
from chats.leak_guard.disguised import Disguised
from chats.leak_guard.evidence import Evidence
from chats.leak_guard.folding import letters
from chats.leak_guard.plainly import Plainly
from chats.leak_guard.retelling import Retelling
from chats.leak_guard.secret import known
from chats.leak_guard.strands import matches

STEP = 40  # characters that may be shown before they are read, as long as nothing matches
LEAST_STEP = 12
NEARLY = 3  # words: with no more missing, nothing is shown before it is read, and a little later
MOST_KEPT = 24  # characters, where no match goes on,
MOST_KEPT_STRANGE = 80  # where the text looks like no language,
MOST_KEPT_DISGUISED = 120  # and where some of the secret was found in such
MOST_HISTORY = 20  # replies that count together
MOST_RETOLD = 3  # of them, for what is said in other words: talk on the topic comes nearer and nearer to it
TOGETHER = 3  # statements that are compared at a time
MOST_COMPARED = 60_000  # characters of a whole reply

Public = Mapping[str, str | Iterable[str]]


class StreamGuard:
    """For one reply. `is_deferred` leaves it to the caller to call `examine`, in a thread, whenever something `has_marked`."""

    def __init__(
        self,
        prompt: str,
        *,
        user: str = "",
        history: Iterable[str] = (),
        public: Public | None = None,
        is_deferred: bool = False,
    ) -> None:
        self.blocked = False
        self.reason = ""
        self._prompt = prompt
        self._secret = known(prompt)
        self._evidence = Evidence(self._secret)
        open_texts = [user, *_texts(public or {})]
        for said in map(letters, open_texts):
            for match in matches(said, self._secret.plain, fresh=len(said)):
                self._evidence.allow(match.words)
        self._retelling = Retelling(prompt, self._secret.vocabulary, open_texts)
        if meaning.is_loaded():
            self._retelling.prepare()
        self._marked: list[str] = []
        self._is_deferred = True
        self._begin()
        earlier = list(history)[-MOST_HISTORY:]
        for age, text in enumerate(earlier, start=-len(earlier)):
            self._read_earlier(text, is_recent=age >= -MOST_RETOLD)
        self._is_deferred = is_deferred

    def _read_earlier(self, text: str, *, is_recent: bool) -> None:
        self.feed(text)
        self._finish_reading()
        if is_recent:
            self.examine()
        self.blocked, self.reason = False, ""
        self._marked = []
        self._begin()

    def _begin(self) -> None:
        self._evidence.begin_reply()
        self._retelling.begin_reply()
        self._plainly = Plainly(self._secret, self._evidence)
        self._disguised = Disguised(self._secret, self._evidence)
        self._said: list[str] = []
        self._said_characters = 0
        self._unread = ""  # arrived, not read
        self._unlooked = ""  # read, not yet looked at for disguises and meaning
        self._unshown = ""  # arrived, not shown
        self._step = STEP  # characters to read next
        self._is_open = True  # text may be shown before it is read
        self._most_kept = MOST_KEPT
        self._kept_back = 0  # characters that have been read and are not shown yet

    def feed(self, chunk: str) -> str:
        """What may be shown now."""
        if self.blocked:
            return ""
        if not self._secret.is_worth_guarding:
            return chunk
        self._unread += chunk
        self._unshown += chunk
        while len(self._unread) >= self._step:
            piece, self._unread = self._unread[: self._step], self._unread[self._step :]
            self._read(piece)
        return self._released()

    def _released(self) -> str:
        cut = len(self._unshown) if self._is_open else len(self._unshown) - self._kept_back - len(self._unread)
        shown, self._unshown = self._unshown[:cut], self._unshown[cut:]
        return shown

    def end(self) -> str:
        """The rest, now that nothing more comes. As slow as `examine`, deferred or not."""
        self._finish_reading()
        if not self.blocked:
            self.examine()
        if not self.blocked and self._is_half_said and resemblance.is_alike(self._prompt, "".join(self._said)):
            self._block("resemblance")
        return "" if self.blocked else self._unshown

    @property
    def _is_half_said(self) -> bool:
        """Alone, the resemblance of whole texts says little: long replies on the topic come near it by their commonest words."""
        return self._evidence.missing() * 2 < self._secret.enough

    def _finish_reading(self) -> None:
        if not self.blocked and self._secret.is_worth_guarding:
            self._read(self._unread, is_last=True)

    @property
    def has_marked(self) -> bool:
        """Enough waits for `examine`: some statements together cost little more than one."""
        return len(self._marked) >= TOGETHER

    def examine(self) -> None:
        """Compare the meaning of what was marked. Slow; in a thread, while the text goes on."""
        marked, self._marked = self._marked, []
        if marked and meaning.is_loaded() and self._retelling.is_told(marked):
            self._block("meaning")

    def _read(self, piece: str, *, is_last: bool = False) -> None:
        if self._said_characters < MOST_COMPARED:
            self._said.append(piece)
            self._said_characters += len(piece)
        was_open = self._is_open
        self._plainly.read(piece)
        growing = self._plainly.growing
        missing = self._evidence.missing(growing.words if growing else frozenset())
        if not missing or self._evidence.is_enough:
            self._block("words")
            return
        left = STEP
        if growing is not None:
            left = self._secret.letters_left(growing.words, growing.secret_end, missing - 1)
        self._is_open = left > 0 and (growing is not None or missing > NEARLY)
        self._step = max(1, min(STEP, left)) if growing else max(LEAST_STEP, min(STEP, 4 * missing))
        kept = self._kept_back + len(piece)
        self._kept_back = 0 if was_open or self._is_open else kept if growing else min(kept, self._most_kept)
        self._unlooked += piece
        if self._is_open or growing is None or is_last:
            piece, self._unlooked = self._unlooked, ""
            self._look_closer(piece, is_last=is_last)

    def _look_closer(self, piece: str, *, is_last: bool) -> None:
        is_strange = self._disguised.read(piece, plainly=self._plainly.words, is_last=is_last)
        if self._evidence.is_enough:
            self._block("disguised words")
            return
        if is_strange or self._evidence.is_disguised:
            self._is_open = False
        disguised = MOST_KEPT_DISGUISED if self._evidence.is_disguised else MOST_KEPT
        self._most_kept = max(disguised, MOST_KEPT_STRANGE if is_strange else 0)
        self._marked += self._retelling.marked(piece, is_last=is_last)
        if self.has_marked and not self._is_deferred:
            self.examine()

    def _block(self, reason: str) -> None:
        self.blocked, self.reason = True, reason
        self._unread = self._unshown = ""
        self._said = []


def _texts(public: Public) -> Iterator[str]:
    for value in public.values():
        if isinstance(value, str):
            yield value
        else:
            yield from value
