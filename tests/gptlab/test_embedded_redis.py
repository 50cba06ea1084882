import shutil
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
import redis
from kombu import Connection

from gptlab import child_process, embedded_redis


@pytest.fixture(params=["plain", "with space, %41 and ümlaut", "deep/" * 30])
def served(request, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", tempfile.mkdtemp())  # pytest's own paths are too long for what is tested here
    data = Path(tempfile.gettempdir()) / request.param
    data.mkdir(parents=True)
    log = data / "redis.log"
    process = child_process.start(embedded_redis.command(data), log=log)
    deadline = time.monotonic() + 10
    assert (embedded_redis.socket_path(data).parent == data) is not request.param.startswith("deep")
    while not embedded_redis.answers(data):
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.01)
    yield data
    child_process.stop([process], seconds=5)
    shutil.rmtree(tempfile.gettempdir())


def test_it_answers_at_its_address_for_redis_and_for_celery(served):
    url = embedded_redis.url(served)
    assert redis.Redis.from_url(url).ping()
    with Connection(url.replace("unix://", "redis+socket://", 1)) as broker:
        broker.ensure_connection(max_retries=1)


def test_only_its_owner_may_connect(served):
    assert stat.S_IMODE(embedded_redis.socket_path(served).stat().st_mode) == 0o700


def test_it_keeps_nothing_on_disk_and_listens_on_no_port(served):
    client = redis.Redis.from_url(embedded_redis.url(served), decode_responses=True)
    assert client.config_get("save", "appendonly", "port") == {"save": "", "appendonly": "no", "port": "0"}


def test_a_start_leaves_no_warning_in_the_log(served):
    assert (served / "redis.log").read_text() == ""


def test_every_process_finds_the_same_address():
    data = Path("/srv") / ("far/" * 40)
    here = embedded_redis.url(data)
    program = f"from pathlib import Path; from gptlab import embedded_redis; print(embedded_redis.url(Path({str(data)!r})))"
    there = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert there.stdout.strip() == here
    embedded_redis.socket_path(data).parent.rmdir()


def test_a_short_folder_that_others_may_open_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    data = Path("/srv") / ("far/" * 40)
    folder = embedded_redis.socket_path(data).parent
    folder.chmod(0o755)
    with pytest.raises(embedded_redis.UnsafeFolder):
        embedded_redis.url(data)


def test_a_link_in_place_of_the_short_folder_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    data = Path("/srv") / ("far/" * 40)
    folder = embedded_redis.socket_path(data).parent
    folder.rmdir()
    (tmp_path / "theirs").mkdir(mode=0o700)
    folder.symlink_to(tmp_path / "theirs")
    with pytest.raises(embedded_redis.UnsafeFolder):
        embedded_redis.url(data)


def test_nobody_answers_where_no_server_runs(tmp_path):
    assert not embedded_redis.answers(tmp_path)
