"""What a long chat's requests must be: within the window, of the notes and the newest messages, nothing lost between. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from benchmarks.figures import percentile

Call = Mapping[str, Any]  # as the recorder keeps it
Size = Callable[[Sequence[Sequence[str]]], int]
PART = 100  # turns
_FACT = re.compile(r"Fact [0-9a-f]{16}")


class Examination:
    """Goes through the requests of one chat. `wrong` has a sentence for whatever is not as it must be.

    `said` is the transcript, oldest first: an opening, then two messages a turn. Each begins with a fact of its own, and so do
    notes. `most` is the number of messages that a brainstorm sees, None for a coach. Sizes are in tokens.
    """

    def __init__(self, sent: Sequence[Call], said: Sequence[str], *, size: Size, budget: int, most: int | None) -> None:
        self.sizes: list[int] = []
        self.condensations = 0
        self.carried = 0  # messages that notes were made of
        self.notes_since: int | None = None  # number of the first request with notes in it
        self.wrong: list[str] = []
        self._said, self._budget, self._most = said, budget, most
        self._places = {_FACT.findall(text)[0]: place for place, text in enumerate(said)}
        self._asked = [call for call in sent if call["kind"] == "notes"]
        self._notes = {_FACT.findall(call["text"])[0]: place for place, call in enumerate(self._asked)}
        self._used, self._first = -1, 0  # the notes in use, and the oldest message that they leave standing
        for number, call in enumerate(call for call in sent if call["kind"] == "reply"):
            self._examine(number, call, size(call["messages"]))

    def _examine(self, number: int, call: Call, size: int) -> None:
        self.sizes.append(size)
        if size > self._budget:
            self.wrong.append(f"request {number} takes {size} of {self._budget} tokens")
        whole = "\n\n".join(text for _role, text in call["messages"])
        facts = _FACT.findall(whole)
        places = [self._places[fact] for fact in facts if fact in self._places]
        end = 2 * number
        first = places[0] if places else end
        if places != list(range(first, end)) or any(self._said[place] not in whole for place in places):
            self.wrong.append(f"request {number} is not made of the newest messages")
        if self._most is not None:
            if len(places) != min(self._most, end):
                self.wrong.append(f"request {number} has {len(places)} messages")
            return
        used = next((self._notes[fact] for fact in facts if fact in self._notes), -1)
        if used != self._used:
            self._change(number, used, first)
        elif first != self._first:
            self.wrong.append(f"request {number} leaves out messages that no notes stand for")

    def _change(self, number: int, used: int, first: int) -> None:
        """From this request on other notes stand for more of the messages."""
        dropped = self._said[self._first : first]
        before = self._asked[self._used]["text"] if self._used >= 0 else ""
        source = self._asked[used]["messages"][-1][1]
        if used < self._used or first <= self._first:
            self.wrong.append(f"request {number} goes back to older notes")
        if missing := [text for text in dropped if text not in source]:
            self.wrong.append(f"notes {used} were made without {len(missing)} of the {len(dropped)} messages that they stand for")
        if before not in source:
            self.wrong.append(f"notes {used} were made without the notes before")
        self._used, self._first = used, first
        self.condensations += 1
        self.carried += len(dropped)
        self.notes_since = number if self.notes_since is None else self.notes_since


def flat(values: Sequence[float]) -> tuple[float, float, float]:
    """Medians of the first and of the last hundred, and how many times the first the last is."""
    count = max(1, min(PART, len(values) // 2))
    first, last = median(values[:count]), median(values[-count:])
    return first, last, last / first


def median(values: Sequence[float]) -> float:
    return percentile(sorted(values), 0.5)
