"""Run all of GPT Lab on this machine: Redis-protocol server, demo upstream, workers with beat, web server. Ctrl-C stops it."""

import http
import http.client
import logging
import os
import resource
import signal
import socket
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from gptlab import checks, child_process, embedded_redis, preflight, preparation
from gptlab.supervisor import NotReady, Service, Stopped, Supervisor, raise_on_signals

READY_SECONDS = 60.0
WORKER_THREADS = 500  # each waits for one reply; the work is done on the worker's one loop
_OPEN_FILES = 65_536  # every stream holds one or two


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()  # those of production have no say here, and the others cost half a second

    def add_arguments(self, parser: ArgumentParser) -> None:
        preflight.add_arguments(parser)

    def handle(self, *args: Any, port: int, workers: int, stop_with_parent: bool, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError(_("This command is for one machine. Production runs each process by itself: see compose.yaml."))
        if slips := checks.check_catalog(None):
            raise CommandError(slips[0].msg)
        raise_on_signals()
        if stop_with_parent:
            child_process.tie_to_parent(signal.SIGTERM)
        allow_many_open_files()
        os.chdir(settings.BASE_DIR)  # where the children find the packages
        supervisor = Supervisor(settings.DATA / "logs")
        log_to(settings.DATA / "logs/lab.log")
        try:
            self._run(supervisor, port=port, workers=workers)
        except NotReady as error:
            raise CommandError(str(error)) from error
        except Stopped:
            pass
        finally:
            supervisor.stop()

    def _run(self, supervisor: Supervisor, *, port: int, workers: int) -> None:
        demo_url = settings.DEMO_BASE_URL or f"http://127.0.0.1:{free_port()}/v1"
        supervisor.start(foundations(demo_url))
        preparation.prepare()
        supervisor.wait_until_ready(seconds=READY_SECONDS)
        supervisor.start(servers(port=port, workers=workers, demo_url=demo_url))
        preparation.load_showcase()
        supervisor.wait_until_ready(seconds=READY_SECONDS)
        self.stdout.write(_("GPT Lab is ready at http://127.0.0.1:%(port)d/ (Ctrl-C stops it)") % {"port": port})
        self.stdout.flush()
        supervisor.watch()


def foundations(demo_url: str) -> Iterator[Service]:
    """What the others connect to, as far as the operator has not named one of their own."""
    if settings.REDIS_URL == embedded_redis.url(settings.DATA):
        command = embedded_redis.command(settings.DATA)
        yield Service(name="redis", command=command, ready=partial(embedded_redis.answers, settings.DATA), foundation=True)
    if not settings.DEMO_BASE_URL:
        port = demo_url.rsplit(":", 1)[1].removesuffix("/v1")
        command = [sys.executable, "-m", "gptlab.llm.demo", "--port", port]
        yield Service(name="demo", command=command, ready=partial(accepts, int(port)))


def servers(*, port: int, workers: int, demo_url: str) -> Iterator[Service]:
    environment = {"DEMO_BASE_URL": demo_url, "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges"}
    celery = [sys.executable, "-m", "celery", "--quiet", "--skip-checks", "--app", "gptlab", "worker", "--pool", "threads"]
    celery += ["--loglevel", "WARNING", "--concurrency", str(WORKER_THREADS)]
    celery += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    for number in range(1, workers + 1):
        name = "worker" if number == 1 else f"worker-{number}"
        mark = settings.DATA / f"{name}.ready"
        mark.unlink(missing_ok=True)
        yield Service(
            name=name,
            command=[*celery, "--hostname", f"{name}@%h"],
            ready=mark.exists,
            environment=environment | {"READY_FILE": str(mark), "BEAT_IN_WORKER": str(number == 1)},
        )
    listening = preflight.listening_socket()
    uvicorn = [sys.executable, "-m", "uvicorn", "gptlab.asgi:application", "--fd", str(listening), "--loop", "uvloop"]
    uvicorn += ["--http", "httptools", "--backlog", str(preflight.BACKLOG), "--no-access-log", "--no-proxy-headers"]
    uvicorn += ["--no-server-header", "--log-level", "warning", "--timeout-graceful-shutdown", "1"]
    ready = partial(serves, port)
    yield Service(name="web", command=uvicorn, ready=ready, environment=environment, descriptors=(listening,))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def accepts(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def serves(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


def log_to(path: Path) -> None:
    """This process speaks one line on the terminal. The rest is for the file."""
    logging.basicConfig(filename=path, level=logging.INFO, format="{asctime} {levelname} {message}", style="{", force=True)


def allow_many_open_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, _OPEN_FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))
