"""CPU time and memory of the installation's processes, each with all that it started. From /proc: Linux only."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_PROC = Path("/proc")


@dataclass(frozen=True)
class Memory:
    rss_mb: float
    pss_mb: float  # shared pages divided among those who share them


def children() -> dict[int, list[int]]:
    """Of every process, those that it started."""
    found: dict[int, list[int]] = {}
    for folder in _PROC.iterdir():
        if folder.name.isdigit() and (fields := _stat(int(folder.name))):
            found.setdefault(int(fields[1]), []).append(int(folder.name))
    return found


def tree(root: int) -> list[int]:
    started, known, waiting = children(), [], [root]
    while waiting:
        pid = waiting.pop()
        known.append(pid)
        waiting += started.get(pid, [])
    return known


def command(pid: int) -> str:
    try:
        return (_PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except OSError:
        return ""


def cpu_seconds(pids: Iterable[int]) -> float:
    """User and system time so far."""
    return sum((int(fields[11]) + int(fields[12])) / _TICK for pid in pids if (fields := _stat(pid)))


def rss_mb(pids: Iterable[int]) -> float:
    """Cheap enough to ask often."""
    pages = 0
    for pid in pids:
        try:
            pages += int((_PROC / str(pid) / "statm").read_text().split()[1])
        except OSError:
            continue
    return pages * _PAGE / 2**20


def memory(pids: Iterable[int]) -> Memory:
    """Walks page tables: milliseconds for each process."""
    rss = pss = 0
    for pid in pids:
        try:
            lines = (_PROC / str(pid) / "smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        sizes = {line.split(":")[0]: int(line.split()[1]) for line in lines if line.endswith(" kB")}
        rss += sizes.get("Rss", 0)
        pss += sizes.get("Pss", 0)
    return Memory(rss / 1024, pss / 1024)


def busy_seconds() -> float:
    """Of all cores of the machine: whoever used them."""
    values = [int(word) for word in (_PROC / "stat").read_text().split("\n", 1)[0].split()[1:9]]
    return (sum(values) - values[3] - values[4]) / _TICK


def _stat(pid: int) -> list[str]:
    """The fields after the command's name, which may hold anything: state, parent, … [] when it has ended."""
    try:
        text = (_PROC / str(pid) / "stat").read_text(errors="replace")
    except OSError:
        return []
    return text[text.rindex(")") + 2 :].split()
