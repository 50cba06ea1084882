"""Keeps the processes of one installation running: starts them, waits until they are ready, starts again what ends, stops all.

It knows commands and log files, nothing of what they serve. One thread, no event loop: it must never be what fails.
"""

import logging
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from gptlab import child_process

log = logging.getLogger(__name__)

LOG_MOST_BYTES = 10 * 1024 * 1024
GRACE_SECONDS = 1.5
FOUNDATION_GRACE_SECONDS = 0.5
_STEADY_SECONDS = 10.0  # who lived this long did not fail at its start
_LONGEST_PAUSE = 10.0
_TICK = 0.05
_TRIM_SECONDS = 60.0
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Someone asked this process to stop."""


class NotReady(Exception):
    """A process ended, or took too long, before it could serve."""


@dataclass(frozen=True, kw_only=True)
class Service:
    """One process to keep running. `ready` is asked until it says yes; others lean on a `foundation`, so it stops last."""

    name: str
    command: list[str]
    ready: Callable[[], bool]
    environment: Mapping[str, str] = field(default_factory=dict)
    descriptors: tuple[int, ...] = ()
    foundation: bool = False


@dataclass
class _Running:
    service: Service
    process: subprocess.Popen[bytes]
    started: float
    failures: int = 0
    again_at: float | None = None  # ended; to be started at this time


def raise_on_signals() -> None:
    """From here on Ctrl-C, `kill` and a closed terminal raise Stopped, wherever this process is. The first one counts."""

    def stop(number: int, frame: FrameType | None) -> None:
        for each in _SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        raise Stopped

    for number in _SIGNALS:
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # `nohup` means what it says
            signal.signal(number, stop)


class Supervisor:
    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._running: dict[str, _Running] = {}
        logs.mkdir(exist_ok=True)

    def log_of(self, service: Service) -> Path:
        return self._logs / f"{service.name}.log"

    def start(self, services: Iterable[Service]) -> None:
        for service in services:
            self._running[service.name] = _Running(service, self._spawn(service), time.monotonic())

    def wait_until_ready(self, *, seconds: float) -> None:
        """Until all that were started are ready. What ends meanwhile would end again: that is an error, not a restart."""
        deadline = time.monotonic() + seconds
        waiting = dict(self._running)
        while waiting:
            for name, running in list(waiting.items()):
                if (code := running.process.poll()) is not None:
                    words = self.log_of(running.service)
                    raise NotReady(f"{name} ended at its start ({_how(code)}). Its last words are in {words}")
                if running.service.ready():
                    del waiting[name]
            if waiting and time.monotonic() > deadline:
                raise NotReady(f"{', '.join(waiting)} did not get ready in {seconds:.0f} s. Look into {self._logs}")
            time.sleep(_TICK)

    def watch(self) -> None:
        """Start again whatever ends, for ever: only a signal leaves here."""
        trimmed = time.monotonic()
        while True:
            now = time.monotonic()
            if now > trimmed + _TRIM_SECONDS:
                trimmed = now
                for running in self._running.values():
                    keep_short(self.log_of(running.service))
            for name, running in list(self._running.items()):
                if running.again_at is None and running.process.poll() is not None:
                    self._plan_restart(name, running, now)
                if running.again_at is not None and now >= running.again_at:
                    process = self._spawn(running.service)
                    self._running[name] = _Running(running.service, process, now, failures=running.failures)
            time.sleep(_TICK)

    def stop(self) -> None:
        """All of them within three seconds: first who serves and works, then what they lean on."""
        for foundation, seconds in ((False, GRACE_SECONDS), (True, FOUNDATION_GRACE_SECONDS)):
            running = [each for each in self._running.values() if each.service.foundation is foundation]
            child_process.stop([each.process for each in running], seconds=seconds)

    def _plan_restart(self, name: str, running: _Running, now: float) -> None:
        lived = now - running.started
        running.failures = 0 if lived > _STEADY_SECONDS else running.failures + 1
        pause = min(_LONGEST_PAUSE, 0.1 * 2**running.failures) if running.failures else 0.0
        running.again_at = now + pause
        how = _how(running.process.returncode)
        log.warning("%s (process %d) ended by %s after %.1f s; again in %.1f s", name, running.process.pid, how, lived, pause)

    def _spawn(self, service: Service) -> subprocess.Popen[bytes]:
        path = self.log_of(service)
        keep_short(path)
        process = child_process.start(service.command, log=path, environment=service.environment, descriptors=service.descriptors)
        log.info("%s started (process %d)", service.name, process.pid)
        return process


def keep_short(path: Path) -> None:
    """Move a long log aside; the one before it goes. Its writer appends, so it may go on writing meanwhile."""
    if path.exists() and path.stat().st_size > LOG_MOST_BYTES:
        path.with_suffix(".log.1").write_bytes(path.read_bytes())
        with path.open("r+b") as file:
            file.truncate(0)


def _how(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"
