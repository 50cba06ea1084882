"""What a visitor does over HTTP, with everything behind it but the processes: the worker's part runs in threads of the test."""

import re
import threading
import uuid

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from chats import tasks
from chats.replying import desk, screening
from gptlab import worker_loop
from gptlab.llm import client
from tests.chats.conftest import make_assistant
from tests.fakes.upstream import Upstream
from tests.lab import wait_until

PROMPT = "You are Sam, and Sam's secret is Mirabelle."
_REPLY = re.compile(r'data-reply-id="([0-9a-f-]{36})"')


@pytest.fixture
def upstream(settings):
    with Upstream() as running:
        settings.OPENAI_BASE_URL = running.base_url
        yield running


@pytest.fixture(autouse=True)
def worker(monkeypatch, transactional_db):
    """Takes each task at once, in a thread. All have ended when the test has."""
    threads = []

    def take(task, **ids):
        def run():
            try:
                task(**{name: str(each) for name, each in ids.items()})
            finally:
                connections.close_all()

        threads.append(threading.Thread(target=run))
        threads[-1].start()

    monkeypatch.setattr(tasks, "hand_over", take)
    yield
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()
    worker_loop.submit(leave()).result(5)


async def leave():
    """What a worker's end closes, so that nothing of one test reaches into the next."""
    place = desk.desk()
    for task in (*place._tasks, place.writer._task, *screening._tasks):
        task.cancel()
    desk._desk = None
    await client.aclose()


@pytest.fixture
def sam():
    return make_assistant(name="Sam", prompt=PROMPT)


@pytest.fixture
def alice(upstream):
    return Person("sk-alice-0123456789abcdef0123456789abcdef")


@pytest.fixture
def bob(upstream):
    return Person("sk-bob-0123456789abcdef0123456789abcdef")


class Person:
    """Someone with a key and a browser, who sees pages."""

    def __init__(self, key):
        self.key = key
        self.client = Client()
        self.sign_in()

    def sign_in(self):
        self.client.get("/")
        answer = self.client.post(reverse("accounts:sign-in"), {"provider": "openai", "api_key": self.key})
        assert answer.status_code == 302, answer.content
        return answer

    def sign_out(self):
        self.client.post(reverse("accounts:sign-out"))

    def start(self, assistant):
        """The new chat's address."""
        return self.client.post(reverse("chats:start"), {"assistant": assistant.code})["Location"]

    def say(self, chat, text):
        answer = self.client.post(f"{chat}say/", {"text": text, "client_id": uuid.uuid4()})
        assert answer.status_code == 303, answer.content

    def press(self, chat, button, **fields):
        """Stop or retry the newest reply."""
        reply = _REPLY.findall(self.page(chat))[-1]
        return self.client.post(f"{chat}replies/{reply}/{button}/", fields)

    def page(self, address):
        return self.client.get(address).content.decode()

    def transcript(self, chat):
        return self.client.get(f"{chat}transcript.json").json()["messages"]

    def hears(self, chat, *states):
        """The last message, once it is in one of these states."""
        states = states or ("done",)
        wait_until(lambda: self.transcript(chat)[-1].get("state") in states, 20, f"the reply never is {states}")
        return self.transcript(chat)[-1]
