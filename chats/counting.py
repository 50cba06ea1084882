"""Counts the tokens of messages for a model. What was counted once stays known: a long chat costs each turn only what is new.

For workers: the tables take 75 MB. A web process counts only a message so long that its bytes can't decide.
"""

from collections.abc import Callable

from gptlab.llm import tokens
from gptlab.llm.catalog import ModelInfo
from gptlab.llm.messages import Message

KNOWN_MOST = 50_000  # about 10 MB

_known: dict[tuple[str, str, str, int, int], int] = {}  # by hash: no text is kept here


def counter(info: ModelInfo) -> Callable[[Message], int]:
    """Of one message with its frame, as a request to this model has it; sums are a little on the safe side."""

    def count(message: Message) -> int:
        key = (info.encoding, info.endpoint, message.role.value, len(message.text), hash(message.text))
        known = _known.get(key)
        if known is None:
            if len(_known) >= KNOWN_MOST:
                _known.clear()
            known = _known[key] = tokens.count_request([message], info)
        return known

    return count
