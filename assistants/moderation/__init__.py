"""Moderation: what is looked at, in which order, what is decided about it, and what its maker can say against that.

No room here opens a chat, and none could: there is nothing to open one with.
"""

from assistants.moderation.appealing import answer, appeal, can_appeal
from assistants.moderation.deciding import ABOUT_MAKERS, ACTIONS, AT_ONCE_MOST, REASON_MOST, REASONED, Decided, decide, open_for
from assistants.moderation.history import of_maker, standing_against
from assistants.moderation.reading import read_prompts
from assistants.moderation.risk import weigh
from assistants.moderation.screening import begin, entrust, finish

__all__ = [
    "ABOUT_MAKERS",
    "ACTIONS",
    "AT_ONCE_MOST",
    "REASONED",
    "REASON_MOST",
    "Decided",
    "answer",
    "appeal",
    "begin",
    "can_appeal",
    "decide",
    "entrust",
    "finish",
    "of_maker",
    "open_for",
    "read_prompts",
    "standing_against",
    "weigh",
]
