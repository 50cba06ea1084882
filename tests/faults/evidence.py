"""What somebody finds who has everything but the visitors' browsers: files, Redis, what Redis was told, processes, logs."""

import re
import socket
import threading
from pathlib import Path

import redis

from gptlab import embedded_redis
from tests.lab import Lab

_NOT_OURS = {"static"}  # copies of what is in the repository
_ESCAPE = re.compile(rb"\\(?:x([0-9a-f]{2})|(.))")
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"a": b"\a", b"b": b"\b"}


class Monitor:
    """All that Redis is told, from now on."""

    def __init__(self, data: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(embedded_redis.socket_path(data)))
        self._socket.sendall(b"MONITOR\r\n")
        self._heard = [self._socket.recv(5)]  # +OK: from here on it hears all
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while data := self._socket.recv(1 << 20):
            self._heard.append(data)

    @property
    def as_told(self) -> bytes:
        return b"".join(self._heard)

    @property
    def as_meant(self) -> bytes:
        """With the bytes that MONITOR writes as escapes."""
        return _ESCAPE.sub(_byte, self.as_told)


def _byte(escape: re.Match[bytes]) -> bytes:
    return bytes.fromhex(escape[1].decode()) if escape[1] else _LETTERS.get(escape[2], escape[2])


class Evidence:
    """Everything there is at some moments, by name."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._redis = redis.Redis.from_url(embedded_redis.url(lab.data))
        self.found: dict[str, bytes] = {}
        self.redis: dict[str, dict[bytes, list[bytes]]] = {}  # moment → key → values
        self.database: dict[str, Path] = {}  # moment → a copy

    def gather(self, moment: str, copies: Path) -> None:
        self.redis[moment] = {key: values(self._redis, key) for key in self._redis.scan_iter()}
        for key, found in self.redis[moment].items():
            content = b"\n".join([key, *found, self._redis.dump(key) or b""])
            self.found[f"{moment}: redis {key.decode(errors='replace')}"] = content
        self.found[f"{moment}: redis about itself"] = repr(
            [self._redis.slowlog_get(1000), self._redis.client_list(), self._redis.info("all"), self._redis.config_get("*")]
        ).encode()
        for name, pid in self._lab.pids().items():
            process = Path(f"/proc/{pid}")
            self.found[f"{moment}: process {name}"] = (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
        self.gather_files(moment, copies)

    def gather_files(self, moment: str, copies: Path) -> None:
        """Also after the end: what stays on the disk."""
        folder = copies / moment.replace(" ", "-")
        folder.mkdir()
        for path in self._lab.data.rglob("*"):
            if path.is_file() and path.relative_to(self._lab.data).parts[0] not in _NOT_OURS:
                content = path.read_bytes()
                self.found[f"{moment}: file {path.relative_to(self._lab.data)}"] = content
                (folder / path.name).write_bytes(content)
        self.database[moment] = folder / "gptlab.sqlite3"


def values(server: redis.Redis, key: bytes) -> list[bytes]:
    """All that is under a key, uncompressed, whatever its type."""
    kind = server.type(key).decode()
    read = {
        "string": lambda: [server.get(key)],
        "list": lambda: server.lrange(key, 0, -1),
        "set": lambda: list(server.smembers(key)),
        "zset": lambda: server.zrange(key, 0, -1),
        "hash": lambda: [part for pair in server.hgetall(key).items() for part in pair],
        "stream": lambda: [part for _, fields in server.xrange(key) for part in fields.values()],
        "none": list,  # it ran out just now
    }
    return [value for value in read[kind]() if value is not None]
