"""A PostgreSQL of a benchmark's own, from the machine's programs; it is gone afterwards."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.installation import free_port

USER = "postgres"


class NoPostgres(Exception):
    """The machine has no initdb and pg_ctl."""


@contextmanager
def running() -> Iterator[str]:
    """Its DATABASE_URL. Its own settings are PostgreSQL's."""
    if shutil.which("initdb") is None or shutil.which("pg_ctl") is None:
        raise NoPostgres("initdb and pg_ctl are not on the PATH: apt install postgresql")
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="gptlab-postgres-") as folder:
        if os.geteuid() == 0:
            shutil.chown(folder, USER)
        data = Path(folder) / "data"
        _as_user("initdb", "--pgdata", str(data), "--username", USER, "--auth", "trust", "--encoding", "UTF8", "--no-sync")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
        _as_user("pg_ctl", "--pgdata", str(data), "--log", f"{folder}/log", "--wait", "--options", options, "start")
        try:
            yield f"postgres://{USER}@127.0.0.1:{port}/postgres"
        finally:
            _as_user("pg_ctl", "--pgdata", str(data), "--mode", "immediate", "stop")


def _as_user(*command: str) -> None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() == 0:
        command = ("runuser", "-u", USER, "--", *command)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL, cwd="/")
