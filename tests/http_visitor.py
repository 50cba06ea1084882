"""A visitor without a browser: signs in, chats and follows replies over HTTP, as an outside program would."""

import re
import threading
import time
import uuid
from contextlib import suppress

import httpx2

from tests.event_stream import Bubble, Decoder
from tests.lab import wait_until

SECONDS = 20
_REPLY = re.compile(r'<article[^>]*\bdata-reply-id="([0-9a-f-]{36})"')


class HttpVisitor:
    def __init__(self, url: str) -> None:
        self.http = httpx2.Client(base_url=url, timeout=SECONDS, follow_redirects=True)
        self.session = ""

    def sign_in(self, *, provider: str, api_key: str) -> httpx2.Response:
        answer = self.post("/sign-in/", provider=provider, api_key=api_key)
        assert "visit" in self.http.cookies, answer.text
        return answer

    def sign_in_without_a_key(self) -> None:
        self.post("/sign-in/demo/")
        assert "visit" in self.http.cookies

    def sign_out(self) -> None:
        self.post("/sign-out/")

    def start(self, code: str, *, model: str = "") -> str:
        """The opening reply's id."""
        answer = self.post("/chats/start/", assistant=code, model=model)
        self.session = answer.url.path.split("/")[2]
        return _REPLY.findall(answer.text)[-1]

    def say(self, text: str) -> str:
        """The reply's id."""
        answer = self.post(f"/chats/{self.session}/say/", text=text, client_id=str(uuid.uuid4()), htmx=True)
        assert answer.status_code == 200, answer.text
        return _REPLY.findall(answer.text)[-1]

    def retry(self, reply: str) -> str:
        answer = self.post(f"/chats/{self.session}/replies/{reply}/retry/", htmx=True)
        assert answer.status_code == 200, answer.text
        return _REPLY.findall(answer.text)[-1]

    def stop(self, reply: str) -> None:
        assert self.post(f"/chats/{self.session}/replies/{reply}/stop/", htmx=True).status_code == 204

    def messages(self) -> list[dict]:
        return self.http.get(f"/chats/{self.session}/transcript.json").json()["messages"]

    def last(self) -> dict:
        return self.messages()[-1]

    def wait_for_end(self, *states: str, seconds: float = SECONDS) -> dict:
        """The last message once it is in one of the states."""
        wait_until(lambda: self.last()["state"] in states, seconds, f"the reply never is {states}")
        return self.last()

    def follow(self, reply: str) -> "Follower":
        return Follower(self.http, f"/chats/{self.session}/replies/{reply}/stream/")

    def post(self, path: str, *, htmx: bool = False, **fields: str) -> httpx2.Response:
        if "csrf" not in self.http.cookies:
            self.http.get("/")
        headers = {"X-CSRFToken": self.http.cookies["csrf"]} | ({"HX-Request": "true"} if htmx else {})
        return self.http.post(path, data=fields, headers=headers)


class Follower:
    """Follows one reply in a thread, and comes back as a browser does when the line breaks."""

    def __init__(self, http: httpx2.Client, path: str) -> None:
        self._http, self._path = http, path
        self.bubble, self._decoder = Bubble(), Decoder()
        self.connections = 0
        self.statuses: list[int] = []
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def has_seen(self, text: str, seconds: float = SECONDS) -> None:
        wait_until(lambda: text in self.bubble.text, seconds, f"{text!r} never comes")

    def end(self, seconds: float = SECONDS) -> Bubble:
        self._thread.join(seconds)
        assert not self._thread.is_alive(), f"the stream hangs: {self.statuses}, {self.bubble.text[-200:]!r}"
        return self.bubble

    def _run(self) -> None:
        while not self.bubble.done:
            with suppress(httpx2.TransportError):
                self._connect()
            time.sleep(0.2)

    def _connect(self) -> None:
        headers = {"HX-Request": "true"} | ({"Last-Event-ID": self._decoder.last_id} if self._decoder.last_id else {})
        self._decoder = Decoder(last_id=self._decoder.last_id)
        with self._http.stream("GET", self._path, headers=headers, timeout=httpx2.Timeout(SECONDS, read=SECONDS)) as answer:
            self.statuses.append(answer.status_code)
            if answer.status_code == 200:
                self.connections += 1
                for chunk in answer.iter_raw():
                    for message in self._decoder.feed(chunk):
                        self.bubble.apply(message)
