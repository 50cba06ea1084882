"""Processes that never outlive the one that started them: not after Ctrl-C, and not when it is killed with SIGKILL."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_libc = ctypes.CDLL(None)  # loaded now: after a fork only what is ready may be used


def start(
    command: Sequence[str], *, log: Path, environment: Mapping[str, str] | None = None, descriptors: Iterable[int] = ()
) -> subprocess.Popen[bytes]:
    """Start it in a session of its own, so that Ctrl-C reaches its parent only. What it says goes to the end of `log`.

    Call it from the main thread: the kernel ties the child's life to the thread that forked it.
    """
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            env=os.environ | dict(environment or {}),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=tuple(descriptors),
            start_new_session=True,
            preexec_fn=dies_with(os.getpid()),  # noqa: PLW1509  the parent has no other threads when it starts children
        )


def dies_with(parent: int) -> Callable[[], None]:
    """What a child runs before its program: the kernel shall kill it when `parent` ends."""

    def tie() -> None:
        tie_to_parent(signal.SIGKILL)
        if os.getppid() != parent:  # it ended before the line above took hold
            os._exit(1)

    return tie


def tie_to_parent(number: signal.Signals) -> None:
    """Ask the kernel to send this process a signal when its parent ends. Other systems than Linux can't."""
    if sys.platform == "linux":
        _libc.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)


def stop(processes: Iterable[subprocess.Popen[bytes]], *, seconds: float) -> None:
    """SIGTERM to all at once; SIGKILL, with all that they started, for those that need longer."""
    running = [process for process in processes if process.poll() is None]
    for process in running:
        process.terminate()
    deadline = time.monotonic() + seconds
    for process in running:
        try:
            process.wait(max(0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            _kill_session(process)


def _kill_session(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass  # it ended just now
    process.wait()
