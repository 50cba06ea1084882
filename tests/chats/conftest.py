"""The cast of the talk: alice owns, bob does not; Sam is whom they talk to."""

import signal
import time
from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import User
from accounts.visit import Visit
from assistants.models import Assistant, Version
from gptlab import child_process, crypto, embedded_redis, worker_loop
from gptlab.llm import client
from tests.fakes.upstream import Upstream

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def visit_of(user, **more):
    values = {
        "user_id": user.pk,
        "provider": "openai",
        "api_key": f"sk-test-{user.pk.hex}",
        "data_key": crypto.random_key(),
        "models": ("gpt-4.1-mini",),
        "can_chat": True,
        "started_at": NOW,
        "expires_at": NOW + timedelta(hours=12),
    }
    return Visit(**(values | more))


@pytest.fixture
def alice(db):
    return User.objects.create_visitor(terms_version="t", now=NOW)


@pytest.fixture
def bob(db):
    return User.objects.create_visitor(terms_version="t", now=NOW)


@pytest.fixture
def visit(alice):
    return visit_of(alice)


@pytest.fixture
def sam(db):
    return make_assistant(name="Socratic Sam")


def make_assistant(*, name, prompt="Ask until they find it.", **more):
    values = {"tagline": "Asks.", "description": "Asks.", "visibility": "listed", "showcased": True, "created_at": NOW}
    values["is_house"] = more.get("creator") is None
    assistant = Assistant.objects.create(name=name, **(values | more))
    version = Version.objects.create(
        assistant=assistant, number=1, initial_prompt=prompt, model="gpt-4.1-mini", max_tokens=300, created_at=NOW
    )
    assistant.active_version = version
    assistant.save()
    return assistant


class OwnRedis:
    """A server of one test's own, to be killed and started again."""

    def __init__(self, folder):
        self._folder = folder
        self.url = embedded_redis.url(folder)
        self.process = None

    def start(self):
        self.process = child_process.start(embedded_redis.command(self._folder), log=self._folder / "redis.log")
        deadline = time.monotonic() + 10
        while not embedded_redis.answers(self._folder):
            assert time.monotonic() < deadline, (self._folder / "redis.log").read_text()
            time.sleep(0.01)

    def kill(self):
        self.process.kill()
        assert self.process.wait(timeout=5) == -signal.SIGKILL


@pytest.fixture
def own_redis(tmp_path_factory):
    server = OwnRedis(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="session")
def _upstream():
    with Upstream() as running:
        yield running
        worker_loop.submit(client.aclose()).result(5)


@pytest.fixture
def upstream(_upstream, settings):
    """A scripted provider in OpenAI's place, for what a worker does in the test's own process."""
    settings.OPENAI_BASE_URL = _upstream.base_url
    return _upstream
