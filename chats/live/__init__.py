"""A live reply's log, both ends: the worker appends and finishes, the web follows. Nobody else knows its ids, keys or sealing."""

from chats.live.entries import Entry, Position
from chats.live.follow import follow, text_so_far
from chats.live.stops import listen_for_stops, publish_stop
from chats.live.writer import Outlet, Writer, close_now

__all__ = [
    "Entry",
    "Outlet",
    "Position",
    "Writer",
    "close_now",
    "follow",
    "listen_for_stops",
    "publish_stop",
    "text_so_far",
]
