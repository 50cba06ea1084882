"""Takes a part of a running installation away for a while, and gives it back as it was."""

from collections.abc import Iterator
from contextlib import contextmanager

import redis

from gptlab import embedded_redis
from tests.lab import Lab


@contextmanager
def redis_away(lab: Lab) -> Iterator[None]:
    """Every connection breaks and none can be made. What Redis holds is there afterwards."""
    path = embedded_redis.socket_path(lab.data)
    aside = path.with_name("aside.sock")
    path.rename(aside)
    try:
        with redis.Redis(unix_socket_path=str(aside)) as connection:
            for kind in ("normal", "pubsub"):
                connection.execute_command("CLIENT", "KILL", "TYPE", kind, "SKIPME", "yes")
        yield
    finally:
        aside.rename(path)


@contextmanager
def database_away(lab: Lab) -> Iterator[None]:
    """A new web process finds a folder where its database should be."""
    path = lab.data / "gptlab.sqlite3"
    aside = path.with_name("aside.sqlite3")
    path.rename(aside)
    path.mkdir()
    try:
        _new_web(lab)
        yield
    finally:
        path.rmdir()
        aside.rename(path)


def _new_web(lab: Lab) -> None:
    """The old one still has the file open."""
    old = lab.kill("web")
    lab.wait_for("web", other_than=old)
