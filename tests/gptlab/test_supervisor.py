import logging
import os
import signal
import sys
import time

import pytest

from gptlab import supervisor
from gptlab.supervisor import NotReady, Service, Stopped, Supervisor


def service(name, program, *, ready=lambda: True, **options):
    return Service(name=name, command=[sys.executable, "-c", program], ready=ready, **options)


@pytest.fixture
def supervised(tmp_path):
    it = Supervisor(tmp_path / "logs")
    yield it
    it.stop()


def watch_for(it, seconds):
    """Watch until a signal arrives, as it does in life."""

    def stop(number, frame):
        raise Stopped

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        with pytest.raises(Stopped):
            it.watch()
    finally:
        signal.signal(signal.SIGALRM, before)


def test_it_waits_until_each_service_says_that_it_is_ready(supervised, tmp_path):
    mark = tmp_path / "mark"
    supervised.start(
        [service("slow", f"import time; time.sleep(0.2); open({str(mark)!r}, 'w'); time.sleep(60)", ready=mark.exists)]
    )
    supervised.wait_until_ready(seconds=30)
    assert mark.exists()


def test_a_service_that_ends_at_its_start_is_an_error_that_names_its_log(supervised, tmp_path):
    supervised.start([service("broken", "import sys; sys.exit(3)", ready=lambda: False)])
    with pytest.raises(NotReady, match=r"broken ended at its start \(exit code 3\).*broken\.log"):
        supervised.wait_until_ready(seconds=30)


def test_a_service_that_never_gets_ready_is_an_error(supervised):
    supervised.start([service("mute", "import time; time.sleep(60)", ready=lambda: False)])
    with pytest.raises(NotReady, match="mute did not get ready"):
        supervised.wait_until_ready(seconds=0.2)


def test_a_killed_service_comes_back_at_once(supervised, tmp_path, caplog, monkeypatch):
    monkeypatch.setattr(supervisor, "_STEADY_SECONDS", 0.2)
    caplog.set_level(logging.INFO)
    starts = tmp_path / "starts"
    supervised.start([service("steady", f"import os, time; print(os.getpid(), file=open({str(starts)!r}, 'a')); time.sleep(60)")])
    time.sleep(0.5)
    os.kill(int(starts.read_text()), signal.SIGKILL)
    watch_for(supervised, 0.5)
    assert len(starts.read_text().split()) == 2
    assert "steady (process" in caplog.text
    assert "ended by SIGKILL" in caplog.text
    assert "again in 0.0 s" in caplog.text


def test_one_that_keeps_failing_is_given_longer_and_longer_pauses(supervised, tmp_path):
    starts = tmp_path / "starts"
    supervised.start([service("failing", f"print(file=open({str(starts)!r}, 'a'))")])
    watch_for(supervised, 2)
    assert 3 <= len(starts.read_text()) <= 5  # after 0.2, 0.4, 0.8 … s; without pauses there would be dozens


def test_foundations_stop_after_those_who_lean_on_them(supervised, tmp_path):
    order = tmp_path / "order"

    def leaving(name, pause):
        return (
            "import signal, sys, time\n"
            "def leave(*_):\n"
            f"    time.sleep({pause}); print({name!r}, file=open({str(order)!r}, 'a')); sys.exit()\n"
            f"signal.signal(signal.SIGTERM, leave); open({str(tmp_path / name)!r}, 'w'); time.sleep(60)"
        )

    supervised.start(
        [
            service("base", leaving("base", 0), foundation=True, ready=(tmp_path / "base").exists),
            service("top", leaving("top", 0.3), ready=(tmp_path / "top").exists),
        ]
    )
    supervised.wait_until_ready(seconds=30)
    supervised.stop()
    assert order.read_text().split() == ["top", "base"]


def test_all_stop_within_three_seconds_however_stubborn(supervised, tmp_path):
    marks = [tmp_path / name for name in "abc"]
    stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); open({!r}, 'w'); time.sleep(60)"
    supervised.start(
        [service(mark.name, stubborn.format(str(mark)), ready=mark.exists, foundation=mark.name == "c") for mark in marks]
    )
    supervised.wait_until_ready(seconds=30)
    began = time.monotonic()
    supervised.stop()
    assert time.monotonic() - began < 20


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_first_signal_stops_and_the_next_are_ignored(number):
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        supervisor.raise_on_signals()
        with pytest.raises(Stopped):
            signal.raise_signal(number)
        signal.raise_signal(signal.SIGINT)
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def test_a_hang_up_is_ignored_under_nohup():
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        supervisor.raise_on_signals()
        signal.raise_signal(signal.SIGHUP)
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def test_a_long_log_is_moved_aside_while_its_writer_goes_on(tmp_path, monkeypatch):
    monkeypatch.setattr(supervisor, "LOG_MOST_BYTES", 100)
    path = tmp_path / "web.log"
    with path.open("ab", buffering=0) as writer:
        writer.write(b"a" * 101)
        supervisor.keep_short(path)
        writer.write(b"b")
    assert path.read_bytes() == b"b"
    assert (tmp_path / "web.log.1").read_bytes() == b"a" * 101


def test_a_short_log_stays(tmp_path):
    path = tmp_path / "web.log"
    supervisor.keep_short(path)
    path.write_bytes(b"a")
    supervisor.keep_short(path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["web.log"]
