"""What Redis holds of a visit: a name and a sealed value, both derived from a token that only the cookie holds. Pure."""

import json
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from gptlab import crypto

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")  # 256 bits, as `new_token` writes them


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    begun_at: datetime
    content: dict[str, Any]  # what Django calls the session


def new_token() -> str:
    return secrets.token_urlsafe(32)


def is_token(text: str | None) -> bool:
    """Whether it has a token's form. Nothing else is worth a look into Redis."""
    return text is not None and _TOKEN.fullmatch(text) is not None


def name(token: str) -> str:
    """Under which name Redis keeps it. Nobody finds the token from it, nor what unseals the value."""
    return f"visit:{crypto.derive(token.encode(), b'name').hex()}"


def seal(token: str, entry: Entry) -> bytes:
    plain = json.dumps([entry.begun_at.isoformat(), entry.content], separators=(",", ":")).encode()
    return crypto.seal(_key(token), plain, associated=name(token).encode())


def unseal(token: str, sealed: bytes | str | None) -> Entry | None:
    """None for what is not there, and for what someone changed or moved: either way nobody is signed in."""
    if not isinstance(sealed, bytes):
        return None
    try:
        begun_at, content = json.loads(crypto.unseal(_key(token), sealed, associated=name(token).encode()))
    except crypto.Damaged:
        return None
    return Entry(datetime.fromisoformat(begun_at), content)


def seconds_left(begun_at: datetime, *, now: datetime) -> int:
    """How long it lasts if nothing more happens: the idle time, but not past the end that signing in set. 0 when it is over."""
    most = begun_at + timedelta(seconds=settings.VISIT_MOST_SECONDS) - now
    return max(0, min(settings.VISIT_IDLE_SECONDS, int(most.total_seconds())))


def _key(token: str) -> bytes:
    return crypto.derive(token.encode(), b"seal")
