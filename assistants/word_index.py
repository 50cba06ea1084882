"""The database's index of what is said of the assistants in the community: any three letters in a row lead to them.

It is made after each `migrate`, and not in a migration: SQLite drops its triggers along with a table that Django builds anew.
"""

from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import RawSQL

from assistants.models import Assistant, AssistantQuerySet
from assistants.words import INDEXED_LEAST

_COMMUNITY = "{row}is_active AND NOT {row}showcased AND {row}visibility = 'listed' AND {row}active_version_id IS NOT NULL"
_WATCHED = "search_text, is_active, showcased, visibility, active_version_id"
_SQLITE = {
    "assistants_words_added": "INSERT ON {table} WHEN {new} BEGIN {add}; END",
    "assistants_words_changed": "UPDATE OF {watched} ON {table} BEGIN {remove}; {add_if}; END",
    "assistants_words_removed": "DELETE ON {table} BEGIN {remove}; END",
}


def found(rows: AssistantQuerySet, pieces: list[str], *, most: int) -> list[int]:
    """Ids of some of the rows with all pieces, `most` of them if there are more. Rows of the community only."""
    indexed = [piece for piece in pieces if len(piece) >= INDEXED_LEAST]
    if indexed and connections[rows.db].vendor == "sqlite":
        phrases = " AND ".join('"{}"'.format(piece.replace('"', '""')) for piece in indexed)
        rows = rows.filter(pk__in=RawSQL("SELECT rowid FROM assistants_words WHERE assistants_words MATCH %s", [phrases]))
    return list(rows.saying(pieces).values_list("pk", flat=True)[:most])


def prepare(using: str, **_: Any) -> None:
    """After `migrate`: what is missing is made."""
    connection = connections[using]
    with connection.cursor() as cursor:
        table = Assistant._meta.db_table
        if table not in connection.introspection.table_names(cursor):  # migrated back to nothing
            return
    if connection.vendor == "sqlite":
        _prepare_sqlite(connection, table)
    elif connection.vendor == "postgresql":
        _prepare_postgres(connection, table)


def _prepare_postgres(connection: BaseDatabaseWrapper, table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        cursor.execute(
            f"CREATE INDEX IF NOT EXISTS assistants_words ON {table} USING gin (search_text gin_trgm_ops)"
            f" WHERE {_COMMUNITY.format(row='')}"
        )


def _prepare_sqlite(connection: BaseDatabaseWrapper, table: str) -> None:
    add = "INSERT INTO assistants_words (rowid, text) SELECT id, search_text FROM {table} WHERE {where}"
    words = {
        "table": table,
        "watched": _WATCHED,
        "new": _COMMUNITY.format(row="NEW."),
        "add": "INSERT INTO assistants_words (rowid, text) VALUES (NEW.id, NEW.search_text)",
        "add_if": add.format(table=table, where=f"id = NEW.id AND {_COMMUNITY.format(row='')}"),
        "remove": "DELETE FROM assistants_words WHERE rowid = OLD.id",
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE VIRTUAL TABLE IF NOT EXISTS assistants_words USING fts5(text, tokenize = 'trigram case_sensitive 1')"
        )
        cursor.execute("SELECT COUNT(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
        if cursor.fetchone()[0] == len(_SQLITE):
            return
        cursor.execute("DELETE FROM assistants_words")
        cursor.execute(add.format(table=table, where=_COMMUNITY.format(row="")))
        for name, body in _SQLITE.items():
            cursor.execute(f"CREATE TRIGGER IF NOT EXISTS {name} AFTER {body.format(**words)}")
