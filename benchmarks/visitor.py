"""One visitor of GPT Lab over real HTTP: signs in, starts a chat, says something, follows the reply as the page's script does."""

import re
from html import unescape
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import orjson

from benchmarks.chat import Lost, now_us
from benchmarks.http_client import Answer, Connection, get, post
from benchmarks.tokens import Receipt

_ASSISTANT = re.compile(r'"/assistants/([0-9A-Z]{20})/"')
_STREAM = re.compile(r'hx-sse:connect="([^"]+)"')
_DONE = re.compile(rb"event: done\ndata: (\{.*?\})\n")
_LONGEST_DONE = 200  # bytes
PAGE = {"Accept": "text/html"}
HTMX = {"HX-Request": "true", "Accept": "text/html"}
EVENTS = {"HX-Request": "true", "Accept": "text/event-stream"}


class Visitor:
    def __init__(self, *, port: int, source: str, key: str) -> None:
        self._port, self._source, self._key = port, source, key
        self._cookies: dict[str, str] = {}
        self._connection: Connection | None = None
        self._chat = ""
        self.signed_in = False

    async def sign_in(self) -> None:
        home = await self._get("/")  # gives the cookie of the form's token
        if home.status != 200:
            raise Lost(f"the first page answered {home.status}: {_reason(home)}")
        answer = await self._post("/sign-in/", PAGE, provider="openai", api_key=self._key)
        if answer.status not in (302, 303) or not any(name.endswith("visit") for name in self._cookies):
            raise Lost(f"sign-in answered {answer.status}: {_reason(answer)}")
        self.signed_in = True

    async def assistants(self) -> list[str]:
        return sorted(set(_ASSISTANT.findall((await self._get("/lounge/")).text)))

    async def assistant(self, name: str) -> str:
        """The code of the one whom the Lounge finds under this name."""
        found = _ASSISTANT.findall((await self._get(f"/lounge/?{urlencode({'q': name})}")).text)
        if not found:
            raise Lost(f"the lounge has no {name}")
        return str(found[0])

    async def start(self, assistant: str) -> None:
        """A new chat, up to the end of the assistant's first words."""
        answer = await self._post("/chats/start/", PAGE, assistant=assistant)
        if answer.status not in (302, 303):
            raise Lost(f"start answered {answer.status}: {_reason(answer)}")
        self._chat = answer.header("location")
        page = await self._get(self._chat)
        if (stream := _STREAM.search(page.text)) is not None:
            await self._follow(unescape(stream[1]), Receipt(count=0))

    @property
    def chat(self) -> str:
        """The address of the one that was started last."""
        return self._chat

    @property
    def cookie(self) -> str:
        """What the browser of this visitor would send along."""
        return self._cookie().get("Cookie", "")

    async def page(self, path: str) -> str:
        answer = await self._get(path)
        if answer.status != 200:
            raise Lost(f"{path} answered {answer.status}: {_reason(answer)}")
        return answer.text

    async def ask(self, text: str, receipt: Receipt) -> None:
        receipt.asked_at = now_us()
        answer = await self._post(f"{self._chat}say/", HTMX, text=text, client_id=str(uuid4()))
        stream = _STREAM.search(answer.text) if answer.status == 200 else None
        if stream is None:
            raise Lost(f"say answered {answer.status}: {_reason(answer)}")
        receipt.answered_at = now_us()
        await self._follow(unescape(stream[1]), receipt)

    async def transcript(self) -> list[dict[str, Any]]:
        answer = await self._get(f"{self._chat}transcript.json")
        if answer.status != 200:
            raise Lost(f"transcript answered {answer.status}")
        messages: list[dict[str, Any]] = orjson.loads(answer.body)["messages"]
        return messages

    def leave(self) -> None:
        if self._connection is not None:
            self._connection.close()

    async def _follow(self, path: str, receipt: Receipt) -> None:
        """A connection of its own, as a browser's: the page's others stay free meanwhile."""
        rest = b""

        def on_body(data: bytes) -> None:
            nonlocal rest
            receipt.feed(data, now=now_us())
            rest = (rest + data)[-_LONGEST_DONE:] if len(data) < _LONGEST_DONE else data

        connection = await Connection.open(self._port, source=self._source)
        try:
            answer = await connection.send(get(path, port=self._port, headers=EVENTS | self._cookie()), on_body=on_body)
        finally:
            connection.close()
        done = _DONE.search(rest)
        state = orjson.loads(done[1])["state"] if done else None
        if answer.status != 200 or state != "done":
            raise Lost(f"the stream answered {answer.status} and ended as {state}")

    async def _get(self, path: str) -> Answer:
        return await self._send(get(path, port=self._port, headers=PAGE | self._cookie()))

    async def _post(self, path: str, headers: dict[str, str], **form: str) -> Answer:
        token = next((value for name, value in self._cookies.items() if name.endswith("csrf")), "")
        form["csrfmiddlewaretoken"] = token
        return await self._send(post(path, port=self._port, headers=headers | self._cookie(), form=form))

    async def _send(self, request: bytes) -> Answer:
        if self._connection is None or not self._connection.reusable:
            self.leave()
            self._connection = await Connection.open(self._port, source=self._source)
        answer = await self._connection.send(request)
        for name, value in answer.headers:
            if name == "set-cookie":
                key, _, rest = value.partition("=")
                self._cookies[key] = rest.partition(";")[0]
        return answer

    def _cookie(self) -> dict[str, str]:
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())} if self._cookies else {}


def _reason(answer: Answer) -> str:
    """The product's own code of what went wrong, or the beginning of the answer."""
    return answer.header("x-error-code") or " ".join(re.sub(r"<[^>]*>", " ", answer.text).split())[:160]
