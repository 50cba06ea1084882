"""What must hold before `manage.py lab` may start: looked at before the settings are read, since those write to the data folder.

Whatever is wrong ends the process with one line that says what to type. Knows no Django.
"""

import argparse
import fcntl
import os
import signal
import socket
import sys
from pathlib import Path

DEFAULT_DATA = Path(__file__).resolve().parent.parent / "data"
ENV_FILE = DEFAULT_DATA.with_name(".env")
OLDEST_PYTHON = (3, 11)
BACKLOG = 4096  # the default of 100 turns a rush of new chats into seconds of waiting

_held: dict[str, int] = {}  # descriptors that live as long as this process


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8000, help="where the pages are served, on 127.0.0.1 (default 8000)")
    parser.add_argument("--data", type=Path, help="the data folder: secrets, database, logs (default: GPTLAB_DATA or ./data)")
    parser.add_argument("--workers", type=int, default=1, help="how many worker processes write replies (default 1)")
    parser.add_argument("--stop-with-parent", action="store_true", help="stop when the process that started this one ends")


def prepare(arguments: list[str]) -> None:
    """Take the data folder and the port, and tell the settings through the environment which folder it is."""
    parser = argparse.ArgumentParser(add_help=False, exit_on_error=False)
    add_arguments(parser)
    chosen = _parsed(parser, arguments)
    if chosen is None:
        return  # the command itself says what is wrong with its arguments, or shows its help
    if sys.version_info < OLDEST_PYTHON:
        sys.exit("GPT Lab needs Python 3.11 or newer. Type: make run PYTHON=/path/to/a/newer/python3")
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # nothing runs yet: Ctrl-C just ends
    os.umask(0o077)  # whatever is written from here on is for this user alone
    data = (chosen.data or Path(_setting("GPTLAB_DATA") or DEFAULT_DATA)).expanduser().absolute()
    _held["data"] = _take_folder(data)
    _held["port"] = _take_port(chosen.port).detach()
    os.environ["GPTLAB_DATA"] = str(data)


def listening_socket() -> int:
    """The descriptor of the port that `prepare` took. It stays open here, so that visitors who come while the web server
    is started again wait a moment instead of being refused."""
    return _held["port"]


def _setting(name: str) -> str:
    """As the settings will read it: the environment first, then the file of settings."""
    import environ  # late: where the packages are missing, somebody else says so

    if name not in os.environ:
        environ.Env.read_env(os.environ.get("ENV_FILE", ENV_FILE))
    return os.environ.get(name, "")


def _parsed(parser: argparse.ArgumentParser, arguments: list[str]) -> argparse.Namespace | None:
    if {"-h", "--help", "--version"} & set(arguments):
        return None
    try:
        return parser.parse_known_args(arguments)[0]
    except argparse.ArgumentError:
        return None


def _take_folder(data: Path) -> int:
    """Lock the folder: two labs on one would end each other's Redis. The lock goes with this process, however it ends."""
    try:
        data.mkdir(parents=True, exist_ok=True)
        lock = os.open(data / "lab.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        sys.exit(f"Can’t write to {data} ({error.strerror}). Type: make run DATA=/a/folder/of/yours")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(f"A lab already runs on {data}. Stop it there with Ctrl-C, or type: make run PORT=8001 DATA=/another/folder")
    return lock


def _take_port(port: int) -> socket.socket:
    """Uvicorn takes what it is handed for a Unix socket, and leaves its connections as they are. What they have, they have here:
    without the option an answer in two parts waits 40 ms, for the client to acknowledge the first.
    """
    try:
        taken = socket.create_server(("127.0.0.1", port), backlog=BACKLOG)
        taken.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return taken
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or "no such port"
        sys.exit(f"Can’t listen on port {port} ({reason}). Type: make run PORT={port + 1 if 1023 < port < 65535 else 8001}")
