"""A whole installation for a test: `manage.py lab` on a free port and a data folder of its own, as real processes."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
_NAMES = {"gptlab.asgi": "web", "celery": "worker", "valkey-server": "redis", "gptlab.llm.demo": "demo"}


class Lab:
    """Started on entering, stopped on leaving. `environment` adds settings to those of a fresh machine."""

    def __init__(self, data: Path, *, port: int | None = None, arguments: tuple[str, ...] = (), **environment: str) -> None:
        self.data = data
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.said = ""
        self._arguments = arguments
        self._environment = fresh_environment(data) | environment

    def __enter__(self) -> "Lab":
        self.start()
        return self

    def __exit__(self, *_error) -> None:
        self.stop()

    def start(self) -> None:
        command = [sys.executable, "manage.py", "lab", "--port", str(self.port), "--data", str(self.data), *self._arguments]
        self.process = subprocess.Popen(
            command,
            cwd=REPOSITORY,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),  # even if the tests run under nohup
        )
        self.said = self.process.stdout.readline()  # it speaks when it is ready, or when it can't be
        if self.url not in self.said:
            raise AssertionError(f"The lab does not start: {self.said}{self.process.communicate(timeout=30)[0]}\n{self.logs()}")

    def stop(self, number: signal.Signals = signal.SIGINT) -> float:
        """Seconds that it took."""
        began = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            self.said += self.process.communicate(timeout=20)[0]
        finally:
            self.process.kill()
        return time.monotonic() - began

    def run(self, module: str, text: str = "") -> str:
        """What a program says that runs beside the others, with their settings. `text` is its standard input."""
        environment = self._environment | {"GPTLAB_DATA": str(self.data)}
        command = [sys.executable, "-m", module]
        done = subprocess.run(command, cwd=REPOSITORY, env=environment, input=text, stdout=subprocess.PIPE, text=True, check=True)
        return done.stdout

    def make_assistant(self, **fields: object) -> str:
        """Its code. `tests/make_assistant.py` has the fields; of several `copies`, the codes with spaces between."""
        return self.run("tests.make_assistant", json.dumps(fields))

    def pids(self) -> dict[str, int]:
        """The processes by name: web, worker, redis, demo."""
        return {name: pid for pid in descendants(self.process.pid) if (name := _name(pid))}

    def kill(self, name: str) -> int:
        """SIGKILL. Returns when that very process is dead."""
        pid = self.pids()[name]
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not is_alive(pid), 20, f"{name} survived SIGKILL")
        return pid

    def wait_for(self, name: str, *, other_than: int, seconds: float = 10) -> int:
        """Until a process of this name runs again. Returns its id."""
        wait_until(lambda: self.pids().get(name, other_than) != other_than, seconds, f"{name} did not come back")
        return self.pids()[name]

    def get(self, path: str = "/", *, timeout: float = 5) -> int:
        """The status of a page; 0 if nobody answers."""
        try:
            return urllib.request.urlopen(self.url + path, timeout=timeout).status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def logs(self) -> str:
        paths = sorted((self.data / "logs").glob("*.log*"))
        return "\n".join(f"--- {path.name}\n{path.read_text(errors='replace')}" for path in paths)

    def complaints(self) -> list[str]:
        """Lines of the logs that nobody wants to see, and the names that the supervisor's restarts explain left out."""
        unwanted = re.compile(r"traceback|warning|error|critical|exception", re.IGNORECASE)
        return [line for line in self.logs().splitlines() if unwanted.search(line)]


def fresh_environment(data: Path) -> dict[str, str]:
    """What a new machine has, and no setting of the developer's. OpenAI is nowhere: no test may leave the machine."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(data),
        "LANG": "C.UTF-8",
        "ENV_FILE": os.devnull,
        "OPENAI_BASE_URL": "http://127.0.0.1:9/v1",
        "GUARD_MEANING": "false",  # two seconds of work for each worker that starts
    }


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def descendants(pid: int) -> list[int]:
    """Children, and children of children."""
    found = []
    with contextlib.suppress(OSError):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            found += [int(child), *descendants(int(child))]
    return found


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def wait_until(condition, seconds: float, otherwise: str) -> None:
    """Asks again and again, after longer and longer pauses up to a tenth of a second: to ask is work too."""
    deadline, pause = time.monotonic() + seconds, 0.01
    while not condition():
        assert time.monotonic() < deadline, otherwise
        time.sleep(pause)
        pause = min(1.2 * pause, 0.1)


def _name(pid: int) -> str:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""
    return next((name for mark, name in _NAMES.items() if mark in command), "")
