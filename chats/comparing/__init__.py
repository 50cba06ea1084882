"""Two versions of an assistant answer the same messages, and its maker says which one did better.

What is said and answered are chats like any other, so that a reply streams, stops, fails and is guarded as everywhere. Domain
rules only: no HTTP and no tasks here.
"""

from chats.comparing.marking import EQUAL, Tally, mark, tallies, tally_of
from chats.comparing.pairs import DRAFT, Pair, chosen, pair_of
from chats.comparing.running import forget_drafts, is_running, run, stop_all
from chats.comparing.saved import Saved, change, remove, save, saved_messages
from chats.comparing.sides import Compared, Side, by_side, compared

__all__ = [
    "DRAFT",
    "EQUAL",
    "Compared",
    "Pair",
    "Saved",
    "Side",
    "Tally",
    "by_side",
    "change",
    "chosen",
    "compared",
    "forget_drafts",
    "is_running",
    "mark",
    "pair_of",
    "remove",
    "run",
    "save",
    "saved_messages",
    "stop_all",
    "tallies",
    "tally_of",
]
