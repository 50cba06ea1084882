"""The file: JSON, whose assistants are in the clear or one token under what a passphrase derives."""

import base64
import json
from collections.abc import Sequence
from typing import Any

from gptlab import crypto

FORMAT, FORMAT_VERSION = "gptlab-assistants", 1
MOST_BYTES = 256 * 1024 * 1024
PASSPHRASE_LEAST = 12  # characters: whoever has the file can guess for as long as they like


class Unusable(Exception):
    """No file of this kind, or a later one. `str()` says which."""


class WrongPassphrase(Exception):
    """The file does not open with it, or was changed: which of the two nobody can tell."""


def written(entries: Sequence[dict[str, Any]], *, passphrase: str = "") -> bytes:
    """In the clear without a passphrase."""
    head: dict[str, Any] = {"format": FORMAT, "version": FORMAT_VERSION}
    if not passphrase:
        return json.dumps(head | {"assistants": list(entries)}, indent=1).encode()
    salt = crypto.random_key()
    token = crypto.seal_text(crypto.stretch_passphrase(passphrase, salt=salt), json.dumps(list(entries)))
    return json.dumps(head | {"salt": base64.b64encode(salt).decode(), "sealed": token}, indent=1).encode()


def is_sealed(content: bytes) -> bool:
    """Raises Unusable."""
    return "sealed" in _head(content)


def read(content: bytes, *, passphrase: str = "") -> list[dict[str, Any]]:
    """The entries, not yet looked at. Raises Unusable, WrongPassphrase."""
    head = _head(content)
    if "sealed" not in head:
        return _entries(head.get("assistants"))
    try:
        salt, token = base64.b64decode(head["salt"], validate=True), str(head["sealed"])
    except (KeyError, TypeError, ValueError):
        raise Unusable("it is damaged: its salt is no salt") from None
    try:
        plain = crypto.unseal_text(crypto.stretch_passphrase(passphrase, salt=salt), token)
    except crypto.Damaged:
        raise WrongPassphrase from None
    return _entries(json.loads(plain))


def _head(content: bytes) -> dict[str, Any]:
    try:
        head = json.loads(content)
    except (ValueError, RecursionError):
        raise Unusable("it is no JSON, or was cut off") from None
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise Unusable("export_assistants did not write it")
    if head.get("version") != FORMAT_VERSION:
        raise Unusable("a later GPT Lab wrote it: update this one first")
    return head


def _entries(found: object) -> list[dict[str, Any]]:
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise Unusable("it is damaged: it has no list of assistants")
    return found
