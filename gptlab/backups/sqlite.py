"""SQLite's own online backup, both ways: a copy of one moment, while others read and write."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from gptlab.backups.content import Migrations
from gptlab.backups.errors import Unfit
from gptlab.command_line import Tell

PAGES = 4096  # between two words on how far it is
PATIENCE = 30.0  # seconds, for who writes just now
_HEAD = b"SQLite format 3\0"


class Kind:
    OTHER = "it is no SQLite database, as a backup of this installation is"

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._database = Path(settings["NAME"])

    @staticmethod
    def is_one(path: Path) -> bool:
        with path.open("rb") as file:
            return file.read(len(_HEAD)) == _HEAD

    def write(self, part: Path, *, tell: Tell) -> None:
        """The read transaction holds the moment: without it the copy would begin anew whenever somebody writes."""
        with _opened(self._database) as source, _opened(part) as target:
            source.execute("BEGIN")
            source.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
            _copy(source, target, tell=tell)
            target.execute("PRAGMA journal_mode = DELETE")  # one file, with nothing beside it
            source.execute("ROLLBACK")

    def migrations(self, path: Path) -> Migrations:
        """Raises Unfit if the file is not whole."""
        try:
            with _opened(path, mode="ro") as database:
                if database.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok":
                    raise Unfit("it is damaged")
                if database.execute("PRAGMA foreign_key_check").fetchone() is not None:
                    raise Unfit("it is damaged: rows are missing that others are about")
                if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'django_migrations'").fetchone():
                    return set()
                return set(database.execute("SELECT app, name FROM django_migrations").fetchall())
        except sqlite3.Error as error:
            raise Unfit(f"it is damaged ({error})") from error

    def read(self, path: Path, *, tables: Sequence[str], tell: Tell) -> None:
        """One write transaction of the living database. Who has it open sees the other content from then on."""
        with _opened(path, mode="ro") as source, _opened(self._database, mode="rwc") as target:
            target.execute("PRAGMA journal_mode = WAL")
            _copy(source, target, tell=tell)


@contextmanager
def _opened(path: Path, *, mode: str = "rw") -> Iterator[sqlite3.Connection]:
    try:
        database = sqlite3.connect(f"file:{quote(str(path))}?mode={mode}", uri=True, timeout=PATIENCE, isolation_level=None)
    except sqlite3.Error as error:
        raise Unfit(f"{path.name} can't be opened ({error})") from error
    try:
        yield database
    finally:
        database.close()


def _copy(source: sqlite3.Connection, target: sqlite3.Connection, *, tell: Tell) -> None:
    def step(_status: int, remaining: int, total: int) -> None:
        tell(round(100 * (total - remaining) / max(1, total)))

    try:
        source.backup(target, pages=PAGES, progress=step)
    except sqlite3.Error as error:
        raise Unfit(f"SQLite says: {error}") from error
