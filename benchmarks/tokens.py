"""The text that the upstream sends and the client looks for: numbered tokens, some of which say when they were sent.

Token 7 is "k0007 ". Every fifth, the first and the last carry CLOCK_MONOTONIC in µs, which all processes of a machine share:
"k0005@81230456; ". Every fortieth ends its paragraph, so that blocks close as they do in a real reply.
"""

import re
from dataclasses import dataclass, field

STAMP_EVERY = 5
PARAGRAPH = 40
MOST = 10_000  # four digits

_TOKEN = re.compile(rb"\bk(\d{4})(?:@(\d+);|(?=[^\d@]))")
_LONGEST = 40  # bytes that may be the beginning of a token, with room to spare


def token(index: int, *, count: int, sent_us: int) -> str:
    end = "\n\n" if index % PARAGRAPH == PARAGRAPH - 1 and index != count - 1 else " "
    return f"k{index:04d}@{sent_us};{end}" if is_stamped(index, count=count) else f"k{index:04d}{end}"


def is_stamped(index: int, *, count: int) -> bool:
    return index % STAMP_EVERY == 0 or index == count - 1


@dataclass(eq=False)
class Receipt:
    """What one client has received of one reply: each token counted at its first appearance, wherever that is.

    A page shows a token up to three times: appended, inside a re-rendered tail, inside the final article. Times are µs.
    """

    count: int
    asked_at: int = 0
    first_at: int | None = None
    sent_first_at: int | None = None
    answered_at: int | None = None
    got: int = 0
    lags: list[int] = field(default_factory=list)
    arrivals: int = 0  # deliveries that brought something new
    error: str = ""

    def __post_init__(self) -> None:
        self._seen = bytearray(self.count)
        self._rest = b""

    @property
    def lost(self) -> int:
        return self.count - self.got

    def feed(self, data: bytes, *, now: int) -> None:
        """`data` is any piece of the wire; a token may be cut between two pieces."""
        text = self._rest + data
        end, before = 0, self.got
        for match in _TOKEN.finditer(text):
            end = match.end()
            index = int(match[1])
            if index < self.count and not self._seen[index]:
                self._seen[index] = 1
                self.got += 1
                if match[2]:
                    self._stamped(index, int(match[2]), now)
        self._rest = text[max(end, len(text) - _LONGEST) :]
        if self.got > before:
            self.arrivals += 1
            self.first_at = self.first_at or now

    def _stamped(self, index: int, sent: int, now: int) -> None:
        self.lags.append(now - sent)
        if index == 0:
            self.sent_first_at = sent
