"""A live reply's log, both ends: the worker appends and finishes, the web follows. Nobody else knows its ids, keys or sealing."""

from chats.live.entries import BEGUN, Entry, Position
from chats.live.follow import arrived, follow
from chats.live.stops import listen_for_stops, publish_stop
from chats.live.writer import Outlet, Writer, close_now

__all__ = [
    "BEGUN",
    "Entry",
    "Outlet",
    "Position",
    "Writer",
    "arrived",
    "close_now",
    "follow",
    "listen_for_stops",
    "publish_stop",
]
