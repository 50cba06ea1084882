"""A whole installation, the Demo that keeps a record of what it sent, and a browser whose complaints fail the test."""

import json
import os
import subprocess
import sys
import urllib.request
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, expect

from tests.browser.stage import QUICK, TINY, models_file
from tests.fakes.upstream import DEFAULT_MODELS, Upstream
from tests.http_visitor import HttpVisitor
from tests.lab import REPOSITORY, Lab, free_port, wait_until

PACE = "1.4"  # times the speed of a model
PAULA = "Patient Paula"
LONG = "[[script=slow:10:9000]] A long one, please."  # what the scripted upstream takes for a wish: k0000 k0001 …

_LISTEN = """
  addEventListener("securitypolicyviolation", (event) => report("csp", `${event.violatedDirective} ${event.blockedURI}`));
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const moved = entry.sources.map(({ node }) => node?.outerHTML?.slice(0, 120) ?? node?.nodeName).join(" | ");
      if (!entry.hadRecentInput) report("shift", `${entry.value} ${moved}`);
    }
  }).observe({ type: "layout-shift", buffered: true });
"""


class RecordingDemo:
    """The Demo as a process of its own, which remembers what it sent."""

    def __init__(self):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/v1"
        command = [sys.executable, "-m", "gptlab.llm.demo", "--port", str(self.port), "--record"]
        self.process = subprocess.Popen(command, cwd=REPOSITORY, env=os.environ | {"DEMO_PACE": PACE})
        wait_until(self._answers, 20, "the demo does not start")

    def _answers(self):
        try:
            return self.sent() == []
        except OSError:
            return False

    def sent(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/sent", timeout=5) as answer:
            return json.load(answer)

    def last(self):
        return self.sent()[-1]


@pytest.fixture(scope="session")
def demo():
    running = RecordingDemo()
    yield running
    running.process.terminate()
    running.process.wait(5)


@pytest.fixture(scope="session")
def upstream():
    with Upstream(models=(*DEFAULT_MODELS, TINY)) as running:
        yield running


@pytest.fixture(scope="session")
def lab(tmp_path_factory, demo, upstream):
    folder = tmp_path_factory.mktemp("lab")
    places = {"DEMO_BASE_URL": demo.url, "OPENAI_BASE_URL": upstream.base_url, "MODELS_FILE": models_file(folder)} | QUICK

    with Lab(folder / "data", **places) as running:
        yield running


@pytest.fixture(scope="session")
def assistant(lab):
    """The code of Patient Paula, whose replies may be as long as the Demo's longest."""
    return lab.make_assistant(name=PAULA, prompt="You are Paula.")


@pytest.fixture(scope="session")
def base_url(lab):
    return lab.url


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    """Without a graphics card what turns and blinks costs half a processor."""
    return browser_context_args | {"reduced_motion": "reduce"}


@dataclass
class Watch:
    """What a browser said and asked for while a test used it."""

    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    shifts: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)  # parts of complaints that the test provokes
    hosts: list[str] = field(default_factory=list)  # who may be asked

    def of(self, context: BrowserContext):
        context.expose_binding("report", lambda _source, kind, text: self._reported(kind, text))
        context.add_init_script(_LISTEN)
        context.on("request", lambda request: self.requests.append(request.url))
        context.on("console", self._said)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))

    def _reported(self, kind: str, text: str):
        (self.shifts if kind == "shift" else self.complaints).append(text)

    def _said(self, message: ConsoleMessage):
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.text} {message.location.get('url', '')}")

    def unexpected(self):
        return [text for text in self.complaints if not any(part in text for part in self.expected)]


@pytest.fixture
def watch(context, lab):
    """Every test that drives a browser fails on an error in it, on a breach of the CSP, and on a request to anybody else."""
    watching = Watch(hosts=[lab.url])
    watching.of(context)
    context.set_default_timeout(10_000)
    expect.set_options(timeout=10_000)
    yield watching
    assert watching.unexpected() == []
    assert [url for url in watching.requests if not url.startswith(tuple(watching.hosts))] == []


@pytest.fixture
def page(context, watch):
    return context.new_page()


@pytest.fixture
def chat(page, lab, context, assistant):
    """A visitor who talks with Paula on the scripted upstream; her opening is over."""
    return open_chat(page, lab.url, lab.url, assistant)


def open_chat(page: Page, lab_url: str, address: str, code: str, *, key: str = "") -> "Chat":
    """Signed in and started without the browser, which saves three pages; then opened in it, under `address`."""
    visitor = HttpVisitor(lab_url)
    visitor.sign_in(provider="openai", api_key=key or f"sk-browser-{uuid.uuid4().hex}")
    visitor.start(code)
    visitor.wait_for_end("done")
    page.context.add_cookies([{"name": name, "value": value, "url": address} for name, value in visitor.http.cookies.items()])
    page.goto(f"{address}/chats/{visitor.session}/")
    return Chat(page)


class Chat:
    """The chat on a page, as its visitor sees it."""

    def __init__(self, page: Page):
        self.page = page
        self.field = page.get_by_label("Your message", exact=True)
        self.reply = page.locator("article[data-reply-id]").last

    def wait(self, state: str = "done", seconds: float = 60) -> "Chat":
        expect(self.reply).to_have_attribute("data-state", state, timeout=seconds * 1000)
        return self

    def say(self, text: str) -> "Chat":
        self.field.fill(text)
        with self.answered():
            self.field.press("Enter")
        return self

    @contextmanager
    def answered(self):
        """What is done inside sends a message: on leaving its reply is on the page."""
        count = self.page.locator("article[data-reply-id]").count()
        yield
        expect(self.page.locator("article[data-reply-id]")).to_have_count(count + 1)

    def grown_to(self, characters: int, seconds: float = 30) -> str:
        """The reply's words once there are so many."""
        wait_until(lambda: len(self.words()) >= characters, seconds, f"there are never {characters} characters")
        return self.words()

    def words(self) -> str:
        prose = self.reply.locator(".prose")
        return prose.inner_text() if prose.count() else ""

    def prose(self) -> list[str]:
        """The HTML of all replies."""
        return self.page.locator("article[data-reply-id] .prose").evaluate_all("found => found.map(prose => prose.innerHTML)")

    def transcript(self) -> list[dict]:
        return self.page.request.get(f"{self.page.url.partition('#')[0]}transcript.json").json()["messages"]

    def stop(self):
        self.page.get_by_role("button", name="Stop").click()
