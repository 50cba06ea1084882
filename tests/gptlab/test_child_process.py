import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from gptlab import child_process

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


def ends_within(pid, seconds):
    """Whether the process is gone, or only waits for whoever inherited it to look."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.02)
    return False


def test_what_it_says_goes_to_the_end_of_the_log(tmp_path):
    log = tmp_path / "child.log"
    log.write_text("before\n")
    command = [sys.executable, "-c", "import os, sys; print(os.environ['WORD'], flush=True); sys.stderr.write('and this')"]
    child_process.start(command, log=log, environment={"WORD": "said"}).wait()
    assert log.read_text() == "before\nsaid\nand this"


def test_a_child_dies_with_a_parent_that_is_killed(tmp_path):
    program = (
        "from pathlib import Path; import time; from gptlab import child_process\n"
        f"child = child_process.start({SLEEP!r}, log=Path({str(tmp_path / 'log')!r}))\n"
        "print(child.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    pid = int(parent.stdout.readline())
    assert not ends_within(pid, 0.2)
    parent.kill()
    parent.communicate()
    assert ends_within(pid, 2)


def test_a_child_whose_parent_ended_before_it_was_tied_does_not_begin(tmp_path):
    mark = tmp_path / "began"
    child = subprocess.Popen(["/usr/bin/touch", mark], preexec_fn=child_process.dies_with(1 << 22))
    assert child.wait() == 1
    assert not mark.exists()


def test_a_signal_from_the_terminal_reaches_only_the_parent(tmp_path):
    child = child_process.start(SLEEP, log=tmp_path / "log")
    assert os.getsid(child.pid) == child.pid != os.getsid(0)
    child_process.stop([child], seconds=5)
    assert child.returncode == -signal.SIGTERM


def test_who_ignores_the_request_is_killed_with_all_that_it_started(tmp_path):
    log = tmp_path / "log"
    program = (
        "import signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']).pid, flush=True); time.sleep(60)"
    )
    child = child_process.start([sys.executable, "-c", program], log=log)
    while not log.read_text().endswith("\n"):
        time.sleep(0.02)
    began = time.monotonic()
    child_process.stop([child], seconds=0.3)
    assert child.returncode == -signal.SIGKILL
    assert time.monotonic() - began < 30
    assert ends_within(int(log.read_text()), 10)


def test_many_are_asked_at_once_and_not_one_after_the_other(tmp_path):
    program = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: (time.sleep(2), sys.exit(0)))\n"
        "print(flush=True); time.sleep(60)"
    )
    children = [child_process.start([sys.executable, "-c", program], log=tmp_path / f"{n}.log") for n in range(4)]
    while not all((tmp_path / f"{n}.log").read_text() for n in range(4)):
        time.sleep(0.02)
    began = time.monotonic()
    child_process.stop(children, seconds=20)
    assert {child.returncode for child in children} == {0}
    assert time.monotonic() - began < 6  # one after the other: 8
