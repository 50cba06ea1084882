"""Where the states of the catalogue are played: one browser page before a whole installation, and the ways into it."""

import json
import os
import signal
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import CDPSession, Page, expect

from tests.browser.things import Things
from tests.http_visitor import HttpVisitor
from tests.lab import Lab

STAFF_PASSWORD = "a password that is long"
TINY = "tiny"  # a model whose memory is soon full: see `models_file`
QUICK = {"START_LIMIT": "600/minute", "MESSAGE_LIMIT": "600/minute"}  # settings for visitors who are faster than people
_UNWRAP = """() => {
  for (const each of document.body.querySelectorAll("noscript")) {
    const div = document.createElement("div");
    div.append(...each.childNodes);
    each.replaceWith(div);
  }
}"""
LIVE = "#turns :is([data-state=running], [data-state=pending])"


def models_file(folder: Path) -> str:
    """The path of a file of models that an installation reads, with TINY in it."""
    path = folder / "models.toml"
    path.write_text(f'[openai."{TINY}"]\ncontext_window = 2_048\noffered = false\n')
    return str(path)


class Stage(Things):
    def __init__(self, page: Page, lab: Lab) -> None:
        super().__init__(lab)
        self.page = page
        self._chat: str | None = None
        self._long: str | None = None
        self._scriptless: CDPSession | None = None

    def signed_out(self, path: str = "/") -> Page:
        self._leave()
        self.page.goto(path)
        return self.page

    def signed_in(self, path: str = "/lounge/") -> Page:
        self._take_cookies_of(self.visitor)
        self.page.goto(path)
        return self.page

    def signed_in_anew(self, path: str = "/lounge/") -> Page:
        """As somebody who was never here."""
        visitor = HttpVisitor(self.lab.url)
        visitor.sign_in(provider="openai", api_key=f"sk-states-{uuid.uuid4().hex}")
        self._take_cookies_of(visitor)
        self.page.goto(path)
        return self.page

    def reading_only(self, path: str | None = None) -> Page:
        """With a key that its provider took once and takes no more; without a path in a chat of that time."""
        self._take_cookies_of(self.reader)
        self.page.goto(path or f"/chats/{self.reader.session}/")
        return self.page

    def staff(self, path: str, *, name: str = "states") -> Page:
        """As a moderator who may read prompts; as "mo", who may do everything, once something was decided."""
        self._leave()
        if name == "states":
            told = {"name": name, "password": STAFF_PASSWORD, "may_read_prompts": True}
            self.once("moderator", lambda: self.lab.run("tests.make_moderator", json.dumps(told)))
        self.page.goto("/admin/login/?next=" + path)
        self.page.get_by_label("User name").fill(name)
        self.page.get_by_label("Password").fill(STAFF_PASSWORD)
        self.page.get_by_role("button", name="Log in").click()
        self.page.wait_for_url("**" + path)
        return self.page

    def without_a_script(self, path: str) -> Page:
        """As a browser shows it that runs none. What comes by itself stays away, so that one can look at what is there."""
        self._take_cookies_of(self.visitor)
        self.hold("**/*?at=*")
        self._scriptless = self.page.context.new_cdp_session(self.page)
        self._scriptless.send("Emulation.setScriptExecutionDisabled", {"value": True})
        self.page.goto(path)
        return self.page

    def let_scripts_run(self) -> None:
        """On the page that is there: axe is one. It passes over `<noscript>`, so that something else must hold what is in it."""
        if self._scriptless is not None:
            self._scriptless.detach()
            self._scriptless = None
            self.page.evaluate(_UNWRAP)

    def hold(self, address: str) -> None:
        """What the page asks for there is never answered, as over a line that stands still."""
        self.page.route(address, lambda _route: None)

    @contextmanager
    def worker_at_rest(self) -> Iterator[None]:
        """What is asked of it inside waits."""
        pid = self.lab.pids()["worker"]
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    def new_chat(self, code: str = "") -> Page:
        """Just begun; the assistant has opened it."""
        self.visitor.start(code or self.code())
        self.visitor.wait_for_end("done")
        return self.signed_in(f"/chats/{self.visitor.session}/")

    def chat_about(self, *texts: str) -> Page:
        """One in which these were said, and answered, before the browser comes."""
        self.visitor.start(self.code())
        self.visitor.wait_for_end("done")
        for text in texts:
            self.visitor.say(text)
            self.visitor.wait_for_end("done", "failed")
        return self.signed_in(f"/chats/{self.visitor.session}/")

    def chat(self) -> Page:
        """A short one, for states that leave at most a few words more in it."""
        if self._chat is None:
            self.new_chat()
            self._chat = self.visitor.session
        return self.signed_in(f"/chats/{self._chat}/")

    def long_chat(self) -> Page:
        """With a coach who forgets soon, and who has condensed the beginning into notes."""
        if self._long is None:
            version = {"model": TINY, "max_tokens": 300, "summary_prompt": "[[script=say:24]]"}
            self.visitor.start(self.lab.make_assistant(name="Soon Full", session_type="coaching", version=version))
            self.visitor.wait_for_end("done")
            for number in range(6):
                self.visitor.say(f"{number}: " + "Why does ice float on water, and what if it sank? " * 12)
                self.visitor.wait_for_end("done")
            self._long = self.visitor.session
        self.signed_in(f"/chats/{self._long}/")
        expect(self.page.locator("#condensed summary.rule")).to_be_attached(timeout=20_000)
        return self.page

    def say(self, text: str) -> Page:
        """In a chat: sends it, and its reply is on the page."""
        replies = self.page.locator("article[data-reply-id]")
        count = replies.count()
        self.page.locator("#text").fill(text)
        self.page.locator("#text").press("Enter")
        expect(replies).to_have_count(count + 1)
        return self.page

    def ended(self) -> Page:
        expect(self.page.locator(LIVE)).to_have_count(0, timeout=30_000)
        return self.page

    def stop(self) -> Page:
        self.page.get_by_role("button", name="Stop").click()
        return self.ended()

    def _leave(self) -> None:
        """The state before may have left a line that stands still, or no scripts."""
        self.let_scripts_run()
        self.page.unroute_all()
        self.page.context.clear_cookies()

    def _take_cookies_of(self, visitor: HttpVisitor) -> None:
        self._leave()
        cookies = visitor.http.cookies.items()
        self.page.context.add_cookies([{"name": name, "value": value, "url": self.lab.url} for name, value in cookies])
