"""What every test may ask for. The run's own Redis-protocol server is always there, and empty at the start of each test."""

import math
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings

from gptlab import child_process, embedded_redis
from tests.lab import Lab, wait_until


@pytest.fixture(scope="session", autouse=True)
def redis_server() -> Iterator[redis.Redis]:
    process = child_process.start(embedded_redis.command(settings.DATA), log=settings.DATA / "redis.log")
    wait_until(lambda: embedded_redis.answers(settings.DATA), 20, "the Redis-protocol server does not answer")
    client = redis.Redis.from_url(settings.REDIS_URL)
    yield client
    client.close()
    child_process.stop([process], seconds=5)


@pytest.fixture(autouse=True)
def empty_redis(redis_server: redis.Redis) -> None:
    redis_server.flushall()


@pytest.fixture(autouse=True)
def nothing_announced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test begins as if a process had just looked, so that none meets what another has announced, or asks for it."""
    from accounts import announcing

    monkeypatch.setattr(announcing, "_kept", (math.inf, []))


@pytest.fixture(scope="session")
def repository() -> Path:
    return settings.BASE_DIR


@pytest.fixture
def alice(db: None) -> Any:
    from tests.cast import visitor

    return visitor("alice")


@pytest.fixture
def bob(db: None) -> Any:
    from tests.cast import visitor

    return visitor("bob")


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """The installation that tests share which only visit it."""
    with Lab(tmp_path_factory.mktemp("lab")) as running:
        yield running


@pytest.fixture(scope="session")
def used_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that one lab after the other uses: what the first prepared, the next find there."""
    return tmp_path_factory.mktemp("used") / "data"


@pytest.fixture
def start_lab(used_data: Path) -> Iterator[Callable[..., Lab]]:
    """Starts one for a test that kills or restarts it. `start_lab(LOG_LEVEL="DEBUG")` sets one; `data=` for a fresh one."""
    shutil.rmtree(used_data / "logs", ignore_errors=True)
    with ExitStack() as stack:
        yield lambda **options: stack.enter_context(Lab(options.pop("data", used_data), **options))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium. Without it the browser tests are skipped, but not in CI, which must not pass without them."""
    path = shutil.which("chromium")
    if path is None and os.environ.get("CI"):
        pytest.fail("Chromium is missing. Type: sudo apt install chromium")
    if path is None:
        pytest.skip("needs Chromium: sudo apt install chromium")
    return browser_type_launch_args | {"executable_path": path, "args": chromium_flags()}


def chromium_flags() -> list[str]:
    """Without a graphics card, drawing by way of one that is made up costs twice the time."""
    return ["--disable-gpu", *(["--no-sandbox"] if os.geteuid() == 0 else [])]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first, so that processes beside each other end together; the browser last.

    While Playwright runs, the main thread has an event loop, and Django then refuses its ORM.
    """
    items.sort(key=lambda item: ("browser" in item.path.parts, "faults" not in item.path.parts))
