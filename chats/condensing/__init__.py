"""Long coaching chats go on: what falls out of the model's memory is condensed into notes, in the background, after a reply.

The transcript is never shortened: notes only stand in for turns when a request is built. Only good ones are adopted, and only
if nothing they were made from has changed meanwhile.
"""

from chats.condensing.copying import copied
from chats.condensing.jobs import ask_to_condense, is_under_way
from chats.condensing.notes import Notes, doubt, edit, forget_from, notes_before, notes_of, set_aside, take_up
from chats.condensing.working import condense

__all__ = [
    "Notes",
    "ask_to_condense",
    "condense",
    "copied",
    "doubt",
    "edit",
    "forget_from",
    "is_under_way",
    "notes_before",
    "notes_of",
    "set_aside",
    "take_up",
]
