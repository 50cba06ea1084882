"""What is measured: the whole product as `make run` starts it, in a temporary folder, with our upstream in OpenAI's place."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from benchmarks import processes
from gptlab import child_process

PROJECT = Path(__file__).resolve().parent.parent
READY_SECONDS = 90.0
STOP_SECONDS = 8.0
PARTS = {"web": "uvicorn", "worker": "celery", "redis": "redis.sock", "demo": "gptlab.llm.demo"}  # a word of each command line


class NotReady(Exception):
    """A process ended, or took too long, before it could serve."""


@dataclass(frozen=True)
class Installation:
    port: int
    upstream_port: int
    process: int  # the supervisor's
    upstream_process: int
    start_seconds: float
    environment: dict[str, str]  # of a program that is to run beside it, with its settings

    def parts(self) -> dict[str, list[int]]:
        """Processes by what they do; `lab` is the supervisor itself."""
        found: dict[str, list[int]] = {"lab": [self.process]}
        for child in processes.children().get(self.process, []):
            command = processes.command(child)
            name = next((part for part, word in PARTS.items() if word in command), "other")
            found.setdefault(name, []).extend(processes.tree(child))
        return found


@contextmanager
def running(
    *, upstream: str = "benchmarks.upstream", models: str = "", keep_logs: Path | None = None, **settings: str
) -> Iterator[Installation]:
    """Everything is stopped and removed at the end, however it ends. `keep_logs`: a folder that gets the logs before.

    `upstream` is the module that stands in OpenAI's place; `models` and `settings` are for the product.
    """
    with tempfile.TemporaryDirectory(prefix="gptlab-bench-") as folder:
        started: list[subprocess.Popen[bytes]] = []
        data, port, upstream_port = Path(folder), free_port(), free_port()
        try:
            command = [sys.executable, "-m", upstream, "--port", str(upstream_port)]
            provider = _start(command, data / "upstream.log", {})
            started.append(provider)
            _wait(provider, data / "upstream.log", lambda: answers(upstream_port, "/v1/models"))
            command = [sys.executable, str(PROJECT / "manage.py"), "lab", "--port", str(port), "--data", str(data / "data")]
            began = time.monotonic()
            (data / "models.toml").write_text(models)
            environment = _environment(data / "data", upstream_port) | {"MODELS_FILE": str(data / "models.toml")} | settings
            lab = _start([*command, "--stop-with-parent"], data / "lab.log", environment)
            started.insert(0, lab)
            _wait(lab, data / "lab.log", lambda: b"ready at" in (data / "lab.log").read_bytes())
            seconds = time.monotonic() - began
            beside = environment | {"GPTLAB_DATA": str(data / "data")}
            yield Installation(port, upstream_port, lab.pid, provider.pid, seconds, beside)
        finally:
            child_process.stop(started, seconds=STOP_SECONDS)
            if keep_logs is not None:
                _copy_logs(data, keep_logs)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def answers(port: int, path: str) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _environment(data: Path, upstream_port: int) -> dict[str, str]:
    """All that a developer's `.env` could turn elsewhere: a benchmark must not write to someone's database."""
    return {
        "GPTLAB_PROFILE": "local",
        "DATABASE_URL": f"sqlite:///{data / 'gptlab.sqlite3'}",
        "REDIS_URL": "",
        "OPENAI_BASE_URL": f"http://127.0.0.1:{upstream_port}/v1",
        "KEYLESS_SERVERS": "",
        "DEMO_BASE_URL": "",
        "STATIC_ROOT": str(data / "static"),
    }


def _start(command: list[str], log: Path, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    log.touch()
    path = os.pathsep.join(part for part in (str(PROJECT), os.environ.get("PYTHONPATH", "")) if part)
    return child_process.start(command, log=log, environment={**environment, "PYTHONPATH": path})


def _wait(process: subprocess.Popen[bytes], log: Path, ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            raise NotReady(f"not ready: {process.args!r}\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.02)


def _copy_logs(data: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for log in data.rglob("*.log"):
        (target / log.name).write_bytes(log.read_bytes())
