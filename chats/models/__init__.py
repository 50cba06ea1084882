"""The talking: sessions, turns and replies, and what is known of their memory."""

from chats.models.comparing import SAVED_MOST, Comparison, SavedMessage
from chats.models.leak_check import LeakCheck
from chats.models.memory import Digest, Memory
from chats.models.talk import LIVE_STATES, ChatSession, Reply, Turn

__all__ = [
    "LIVE_STATES",
    "SAVED_MOST",
    "ChatSession",
    "Comparison",
    "Digest",
    "LeakCheck",
    "Memory",
    "Reply",
    "SavedMessage",
    "Turn",
]
