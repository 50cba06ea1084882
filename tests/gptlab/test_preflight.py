import os
import signal
import socket
import stat
import subprocess
import sys

import pytest

from gptlab import preflight


@pytest.fixture(autouse=True)
def nothing_held(monkeypatch):
    """The environment, the umask and what is held are the process's: give them back."""
    held = {}
    monkeypatch.setattr(preflight, "_held", held)
    monkeypatch.setenv("GPTLAB_DATA", "/nonexistent/should-not-be-used")
    umask, interrupt = os.umask(0o022), signal.getsignal(signal.SIGINT)
    yield
    os.umask(umask)
    signal.signal(signal.SIGINT, interrupt)
    for descriptor in held.values():
        os.close(descriptor)


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def test_it_makes_the_folder_and_names_it_in_the_environment(tmp_path, port):
    data = tmp_path / "deep" / "data"
    preflight.prepare(["--data", str(data), "--port", str(port)])
    assert os.environ["GPTLAB_DATA"] == str(data)
    assert data.is_dir()


def test_what_is_written_from_then_on_is_for_its_owner_alone(tmp_path, port):
    preflight.prepare(["--data", str(tmp_path), "--port", str(port)])
    (tmp_path / "file").touch()
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o600


def test_it_listens_on_this_machine_only(tmp_path, port):
    preflight.prepare(["--data", str(tmp_path), "--port", str(port)])
    with socket.socket(fileno=os.dup(preflight.listening_socket())) as listening:
        assert listening.getsockname() == ("127.0.0.1", port)
        assert listening.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)


def test_nothing_that_is_sent_waits_for_more(tmp_path, port):
    preflight.prepare(["--data", str(tmp_path), "--port", str(port)])
    listening = socket.socket(fileno=os.dup(preflight.listening_socket()))
    with listening, socket.create_connection(("127.0.0.1", port)), listening.accept()[0] as connection:
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_busy_port_says_what_to_type(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(SystemExit) as refused:
        preflight.prepare(["--data", str(tmp_path), "--port", str(taken.getsockname()[1])])
    message = str(refused.value)
    assert "Address already in use" in message
    assert "Type: make run PORT=" in message
    assert "\n" not in message


@pytest.mark.parametrize("port", ["70000", "-1"])
def test_an_impossible_port_says_what_to_type(tmp_path, port):
    with pytest.raises(SystemExit, match=r"Type: make run PORT=8001"):
        preflight.prepare(["--data", str(tmp_path), "--port", port])


def test_a_folder_that_another_lab_uses_says_what_to_type(tmp_path, port):
    preflight.prepare(["--data", str(tmp_path), "--port", str(port)])
    program = f"from gptlab import preflight; preflight.prepare(['--data', {str(tmp_path)!r}, '--port', '0'])"
    second = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert second.returncode == 1
    assert second.stderr.startswith(f"A lab already runs on {tmp_path}.")
    assert second.stderr.count("\n") == 1


def test_a_folder_that_cannot_be_made_says_what_to_type(tmp_path, port):
    (tmp_path / "file").touch()
    with pytest.raises(SystemExit, match=r"Can’t write to .*Type: make run DATA="):
        preflight.prepare(["--data", str(tmp_path / "file" / "data"), "--port", str(port)])


def test_an_old_python_says_what_to_type(monkeypatch):
    monkeypatch.setattr(preflight, "OLDEST_PYTHON", (99, 0))
    with pytest.raises(SystemExit, match=r"Type: make run PYTHON="):
        preflight.prepare([])


@pytest.mark.parametrize("arguments", [["--help"], ["--port", "many"]])
def test_arguments_that_are_no_start_take_nothing(arguments):
    preflight.prepare(arguments)
    with pytest.raises(KeyError):
        preflight.listening_socket()
