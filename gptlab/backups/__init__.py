"""The database as one file, and a file as the database. Never the secrets: whoever has both opens the prompts.

The file says by itself of which version it is: the table of migrations is in it.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

from django.db import connection, connections

from gptlab.backups import postgres, sqlite
from gptlab.backups.content import is_empty, missing_migrations, unknown_migrations
from gptlab.backups.errors import NotEmpty, Unfit
from gptlab.command_line import Tell, tell_nobody
from gptlab.private_file import replacing

__all__ = ["Backup", "NotEmpty", "Unfit", "back_up", "looked_at", "restore"]


@dataclass(frozen=True, slots=True)
class Backup:
    """`behind`: so many migrations of this GPT Lab are not in it, and are to be made after it is restored."""

    size: int  # bytes
    migrations: int
    behind: int


def back_up(path: Path, *, tell: Tell = tell_nobody) -> Backup:
    """As it is at one moment, beside live traffic. In place of an older backup, but of no other file. Raises Unfit, OSError."""
    kind = _kind()
    if path.exists() and not kind.is_one(path):
        raise Unfit("something else stands there, and is not written over")
    with replacing(path) as part:
        kind.write(part, tell=tell)
        return looked_at(part)


def looked_at(path: Path) -> Backup:
    """Whole, of this kind of database, and of no later version. Raises Unfit, OSError."""
    kind = _kind()
    if not kind.is_one(path):
        raise Unfit(kind.OTHER)
    applied = kind.migrations(path)
    if not applied:
        raise Unfit("it has no table of migrations: it is no backup of GPT Lab")
    if unknown := unknown_migrations(applied):
        raise Unfit(f"a later GPT Lab wrote it ({_first(unknown)}): update this one first")
    return Backup(path.stat().st_size, len(applied), len(missing_migrations(applied)))


def restore(path: Path, *, replace: bool, tell: Tell = tell_nobody) -> Backup:
    """In one transaction: until it is through, and where it fails, all is as it was. Raises NotEmpty, Unfit, OSError."""
    found = looked_at(path)
    if not replace and not is_empty():
        raise NotEmpty
    kind, tables = _kind(), connection.introspection.table_names()
    connections.close_all()
    kind.read(path, tables=tables, tell=tell)
    return found


def _kind() -> sqlite.Kind | postgres.Kind:
    return sqlite.Kind(connection.settings_dict) if connection.vendor == "sqlite" else postgres.Kind(connection.settings_dict)


def _first(unknown: AbstractSet[tuple[str, str]]) -> str:
    return ".".join(min(unknown))
