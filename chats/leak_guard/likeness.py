"""How much what a reply says is like three statements of a secret, by the vectors that stand for their meaning."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from chats.leak_guard import meaning
from chats.leak_guard.sentences import statements

Vectors = NDArray[np.float32]

MOST_STATEMENTS = 400  # of a secret
MOST_COMPARED = 60  # of a reply, the last ones
_THREE, _NEIGHBOURS, _DUTIES = 8.0, 10.0, 9.4  # weights, fitted on labelled replies: see BENCHMARKS.md


@lru_cache(maxsize=128)
def of_secret(text: str) -> Vectors:
    found = statements(text)[:MOST_STATEMENTS]
    return meaning.vectors(found) if found else np.zeros((0, meaning.DIMENSIONS), dtype=np.float32)


class Likeness:
    """How much what has been said so far is like three statements of the secret."""

    def __init__(self, secret: Vectors) -> None:
        self._secret = secret
        self._rows: list[NDArray[np.float32]] = []
        self._duties: list[bool] = []
        self._neighbours = 0.0

    def add(self, said: Vectors, duties: Sequence[bool]) -> float:
        """The score after a few statements more."""
        if not len(self._secret):
            return 0.0
        for row in said @ self._secret.T:
            if self._rows:
                self._neighbours = max(self._neighbours, _side_by_side(self._rows[-1], row))
            self._rows = [*self._rows[1 - MOST_COMPARED :], row]
        self._duties = [*self._duties, *duties][-MOST_COMPARED:]
        three = _best_three(np.array(self._rows))
        return _THREE * three + _NEIGHBOURS * self._neighbours + _DUTIES * three * float(np.mean(self._duties))


def _side_by_side(before: NDArray[np.float32], now: NDArray[np.float32]) -> float:
    """Two statements in a row are like two that are neighbours in the secret, too."""
    best = 0.0
    for apart in (1, 2, -1):
        size = len(now) - abs(apart)
        if size > 0:
            first, second = (before[:size], now[apart:]) if apart > 0 else (before[-apart:], now[:size])
            best = max(best, float(np.max(first + second)) / 2)
    return best


def _best_three(likeness: NDArray[np.float32]) -> float:
    """The mean of the three best pairs, no statement of either side used twice; fewer than three count as far less."""
    left = likeness.copy()
    total = 0.0
    for _ in range(min(3, *left.shape)):
        row, column = np.unravel_index(int(np.argmax(left)), left.shape)
        total += float(left[row, column])
        left[row, :] = left[:, column] = -1.0
    return total / 3
