"""Does a growing text give a secret prompt away? Pure: no Django, no network. See "The leak guard" in ARCHITECTURE.md."""

from chats.leak_guard.stream import StreamGuard

__all__ = ["StreamGuard"]
