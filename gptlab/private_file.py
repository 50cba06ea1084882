"""Files that only their owner reads, and that are there as a whole or not at all: written under another name, then renamed."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class Busy(OSError):
    """Somebody else is writing this file just now."""


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """The name to write to, 0600 from its first byte on. It takes the place of `path` at the end, unless something is raised.

    One writer at a time. What a killed one has left is written over by the next. Raises OSError.
    """
    part = path.with_name(f".{path.name}.part")
    descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    is_whole = False
    try:
        _own(descriptor, part)
        try:
            yield part
            with part.open("rb") as written:  # who writes here may have put another file in its place
                os.fsync(written.fileno())
            part.replace(path)
            is_whole = True
        finally:
            if not is_whole:
                with suppress(FileNotFoundError):
                    part.unlink()
    finally:
        os.close(descriptor)
    _keep_name(path.parent)


def write(path: Path, content: bytes) -> None:
    with replacing(path) as part:
        part.write_bytes(content)


def _own(descriptor: int, part: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        is_still_there = os.path.samestat(os.fstat(descriptor), part.stat())
    except (BlockingIOError, FileNotFoundError):
        is_still_there = False
    if not is_still_there:  # the one before has just renamed it
        raise Busy("somebody else is writing it just now")
    os.fchmod(descriptor, 0o600)
    os.ftruncate(descriptor, 0)


def _keep_name(folder: Path) -> None:
    """The new name is on the disk, too."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
