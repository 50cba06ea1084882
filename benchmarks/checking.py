"""Is what the product has stored what the upstream sent? Compared byte for byte, by hash. Pure."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from benchmarks.tokens import Receipt

_ID = re.compile(r"\bid=([0-9.]+)\]\]")


def stored(messages: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """From a transcript: the hash of each reply, by the id that its question gave the upstream."""
    found, asked = {}, ""
    for message in messages:
        if message["role"] == "user":
            match = _ID.search(message["text"] or "")
            asked = match[1] if match else ""
        elif asked:
            found[asked] = hashlib.sha256((message["text"] or "").encode()).hexdigest()
    return found


def mark_differences(
    receipts: Mapping[str, Receipt], transcripts: Iterable[Sequence[Mapping[str, Any]]], *, sent: Mapping[str, str]
) -> None:
    """A reply that is stored otherwise than it was sent, or not at all, is lost, whatever its visitor saw."""
    known = {reply_id: text for messages in transcripts for reply_id, text in stored(messages).items()}
    for reply_id, receipt in receipts.items():
        if known.get(reply_id) is None or known[reply_id] != sent.get(reply_id):
            receipt.error = receipt.error or "the transcript is not what the upstream sent"
