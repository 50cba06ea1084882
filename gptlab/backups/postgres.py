"""PostgreSQL's own programs: pg_dump writes, pg_restore reads, psql puts it in. The password goes by environment."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.backends.postgresql.client import DatabaseClient

from gptlab.backups.content import Migrations
from gptlab.backups.errors import Unfit
from gptlab.command_line import Tell

_HEAD = b"PGDMP"
_LOCK_SECONDS = 20  # for who is at work just now; then it is given up


class Kind:
    OTHER = "it is no dump of PostgreSQL, as a backup of this installation is"

    def __init__(self, settings: Mapping[str, Any]) -> None:
        (_psql, *self._where), env = DatabaseClient.settings_to_cmd_args_env(dict(settings), [])
        self._environment = os.environ | {name: str(value) for name, value in (env or {}).items()}

    @staticmethod
    def is_one(path: Path) -> bool:
        with path.open("rb") as file:
            return file.read(len(_HEAD)) == _HEAD

    def write(self, part: Path, *, tell: Tell) -> None:
        plain = ("--format=custom", "--no-owner", "--no-acl", "--no-comments", "--no-password")
        self._run("pg_dump", *plain, f"--file={part}", *self._where)

    def migrations(self, path: Path) -> Migrations:
        """Raises Unfit if the file is not whole: for that all of it is read."""
        self._run("pg_restore", f"--file={os.devnull}", str(path))
        said = self._run("pg_restore", "--data-only", "--table=django_migrations", "--file=-", str(path))
        rows = [line.split("\t") for line in said.partition("FROM stdin;\n")[2].partition("\n\\.")[0].splitlines()]
        return {(row[1], row[2]) for row in rows if len(row) > 2}

    def read(self, path: Path, *, tables: Sequence[str], tell: Tell) -> None:
        """In one transaction, whose end is sent only once all of the file has gone in: whatever dies, nothing has changed."""
        begin = f"BEGIN; SET LOCAL lock_timeout = '{_LOCK_SECONDS}s'; SET LOCAL client_min_messages = warning;\n"
        if tables:
            begin += f"DROP TABLE IF EXISTS {', '.join(map(connection.ops.quote_name, tables))} CASCADE;\n"
        quiet = ("--quiet", "--no-psqlrc", "--no-password", "--set=ON_ERROR_STOP=1", "--output=" + os.devnull)
        reading = [_program("pg_restore"), "--no-owner", "--no-acl", "--file=-", str(path)]
        putting = [_program("psql"), *quiet, *self._where]
        pipe = subprocess.PIPE
        with (
            subprocess.Popen(reading, stdout=pipe, stderr=subprocess.DEVNULL) as source,
            subprocess.Popen(putting, stdin=pipe, stderr=pipe, env=self._environment) as target,
        ):
            assert source.stdout is not None
            assert target.stdin is not None
            try:
                target.stdin.write(begin.encode())
                shutil.copyfileobj(source.stdout, target.stdin)
                target.stdin.write(b"COMMIT;\n" if source.wait() == 0 else b"ROLLBACK;\n")
            except BrokenPipeError:
                source.kill()
            _out, said = target.communicate()
        if target.returncode or source.returncode:
            raise Unfit(f"PostgreSQL says: {_last_line(said) or 'the file broke off'}")

    def _run(self, name: str, *arguments: str) -> str:
        done = subprocess.run([_program(name), *arguments], capture_output=True, env=self._environment, check=False)
        if done.returncode:
            raise Unfit(f"{name} says: {_last_line(done.stderr)}")
        return done.stdout.decode(errors="replace")


def _program(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        raise Unfit(f"{name} is not on this machine: apt install postgresql-client")
    return path


def _last_line(said: bytes) -> str:
    lines = said.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else ""
