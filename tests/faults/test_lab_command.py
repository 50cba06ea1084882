"""`manage.py lab` as a person and an unkind machine use it. Every test asserts that the process it killed really died."""

import signal
import socket
import stat
import subprocess
import sys
import time

import pytest

from gptlab import local_secrets
from tests.faults.conftest import code_of
from tests.http_visitor import HttpVisitor
from tests.lab import REPOSITORY, Lab, descendants, free_port, fresh_environment, is_alive, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.long]


def refused(data, *arguments):
    """What a lab that can't start says."""
    command = [sys.executable, "manage.py", "lab", "--data", str(data), *arguments]
    answer = subprocess.run(
        command, cwd=REPOSITORY, env=fresh_environment(data), capture_output=True, text=True, timeout=30, check=False
    )
    assert answer.returncode == 1
    assert answer.stdout == ""
    return answer.stderr


def test_it_says_one_line_with_the_address_and_serves_there(lab):
    assert lab.said.count("\n") == 1
    assert lab.url in lab.said
    assert lab.get("/") == 200
    assert lab.get("/healthz") == 200
    assert set(lab.pids()) == {"web", "worker", "redis", "demo"}


def test_its_secrets_are_for_its_owner_alone(lab):
    assert stat.S_IMODE((lab.data / local_secrets.FILE_NAME).stat().st_mode) == 0o600


def test_all_that_it_writes_is_for_its_owner_alone(lab):
    paths = [path for path in lab.data.rglob("*") if "static" not in path.relative_to(lab.data).parts[:-1]]
    assert {"gptlab.sqlite3", "logs", "web.log", "redis.sock"} <= {path.name for path in paths}
    assert [path for path in paths if path.lstat().st_mode & 0o077] == []


def test_its_logs_are_quiet(lab):
    lab.get("/")
    assert lab.complaints() == []


def test_it_listens_on_this_machine_only(lab):
    table = subprocess.run(["ss", "-ltnpH"], capture_output=True, text=True, check=True).stdout
    ours = [lab.process.pid, *descendants(lab.process.pid)]
    addresses = [line.split()[3] for line in table.splitlines() if any(f"pid={pid}," in line for pid in ours)]
    assert len(addresses) >= 2
    assert all(address.startswith("127.0.0.1:") for address in addresses)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_all_within_three_seconds(start_lab, number):
    lab = start_lab()
    pids = lab.pids()
    assert lab.stop(number) < 3
    assert lab.process.returncode == 0
    assert lab.said.count("\n") == 1  # it leaves without a word
    assert [name for name, pid in pids.items() if is_alive(pid)] == []
    assert lab.complaints() == []


def test_a_reply_that_is_being_written_and_read_holds_nothing_up(start_lab, upstream):
    lab = start_lab(OPENAI_BASE_URL=upstream.base_url)
    alice, key = HttpVisitor(lab.url), "sk-alice-0123456789abcdef0123456789abcdef"
    alice.sign_in(provider="openai", api_key=key)
    alice.start(code_of(lab))
    alice.wait_for_end("done")
    follower = alice.follow(alice.say("[[script=slow:20:2000]] Go on"))
    follower.has_seen("k0020")
    pids = lab.pids()
    assert lab.stop() < 3
    assert [name for name, pid in pids.items() if is_alive(pid)] == []
    assert lab.complaints() == []
    lab.start()
    alice.sign_in(provider="openai", api_key=key)  # a visit lives in Redis, and ended with it
    assert alice.wait_for_end("interrupted", seconds=15)["text"].startswith("k0000")


def test_a_killed_lab_leaves_no_process(start_lab):
    lab = start_lab()
    pids = descendants(lab.process.pid)
    assert len(pids) >= 4
    lab.process.kill()
    lab.process.communicate()
    wait_until(lambda: not any(map(is_alive, pids)), 20, "a process survived its parent")


def test_it_starts_again_after_it_was_killed(start_lab):
    lab = start_lab()
    lab.process.kill()
    lab.process.communicate()
    lab.start()
    assert lab.get("/") == 200


def test_it_stops_with_the_process_that_started_it_if_told_so(tmp_path):
    port = free_port()
    command = [sys.executable, "manage.py", "lab", "--port", str(port), "--data", str(tmp_path / "data"), "--stop-with-parent"]
    program = f"import subprocess, sys; p = subprocess.Popen({command!r}); print(p.pid, flush=True); p.wait()"
    starter = subprocess.Popen(
        [sys.executable, "-c", program], cwd=REPOSITORY, env=fresh_environment(tmp_path), stdout=subprocess.PIPE, text=True
    )
    pid = int(starter.stdout.readline())
    assert f":{port}/" in starter.stdout.readline()
    pids = [pid, *descendants(pid)]
    assert len(pids) >= 5
    starter.kill()
    starter.communicate()
    wait_until(lambda: not any(map(is_alive, pids)), 20, "a process survived")


@pytest.mark.parametrize("name", ["web", "worker", "redis", "demo"])
def test_a_killed_process_comes_back(start_lab, name):
    lab = start_lab()
    before = lab.kill(name)
    began = time.monotonic()
    lab.wait_for(name, other_than=before, seconds=20)
    wait_until(lambda: lab.get("/readyz") == 200, 20, "it does not serve again")
    assert time.monotonic() - began < 25
    assert f"{name} (process {before}) ended by SIGKILL" in lab.logs()


def test_a_visitor_who_comes_while_the_web_server_is_dead_waits_instead_of_being_refused(start_lab):
    lab = start_lab()
    lab.kill("web")
    assert lab.get("/", timeout=10) == 200


def test_the_second_start_prepares_nothing_again_and_keeps_the_secrets(start_lab):
    lab = start_lab()
    secrets, prepared = local_secrets.read(lab.data), written(lab.data / "static")
    lab.stop()
    lab.start()
    assert lab.get("/") == 200
    assert local_secrets.read(lab.data) == secrets
    assert written(lab.data / "static") == prepared


def test_it_writes_nothing_outside_its_data_folder(start_lab):
    of_tests = {REPOSITORY / name for name in (".hypothesis", ".pytest_cache", "build")}  # which run beside this one
    before = set(REPOSITORY.iterdir())
    start_lab().stop()
    assert set(REPOSITORY.iterdir()) - before - of_tests == set()


def test_several_workers_share_the_work_and_one_of_them_the_clock(start_lab):
    lab = start_lab(arguments=("--workers", "2"))
    workers = [pid for pid in descendants(lab.process.pid) if b"celery" in open(f"/proc/{pid}/cmdline", "rb").read()]
    beats = [b"BEAT_IN_WORKER=True" in open(f"/proc/{pid}/environ", "rb").read().split(b"\0") for pid in workers]
    assert sorted(beats) == [False, True]


def test_a_busy_port_says_what_to_type(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        said = refused(tmp_path, "--port", str(taken.getsockname()[1]))
    assert "Address already in use" in said
    assert "Type: make run PORT=" in said
    assert said.count("\n") == 1


def test_a_data_folder_in_use_says_what_to_type(lab):
    said = refused(lab.data, "--port", str(free_port()))
    assert "A lab already runs on" in said
    assert said.count("\n") == 1


def test_a_folder_that_cannot_be_written_says_what_to_type():
    said = refused("/proc/gptlab", "--port", str(free_port()))  # refuses root, too
    assert "Can’t write to" in said
    assert "Type: make run DATA=" in said
    assert said.count("\n") == 1


def test_a_process_that_cannot_start_says_where_to_look(tmp_path):
    with pytest.raises(AssertionError, match=r"web ended at its start") as failed, Lab(tmp_path, UVICORN_LIFESPAN="nonsense"):
        pass
    assert "CommandError: " in str(failed.value)


def written(folder):
    """When each file in it was."""
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
