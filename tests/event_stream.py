"""Reads server-sent events as a browser does, and keeps the bubble that a live reply's messages build."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_PARTIAL = re.compile(r'<hx-partial hx-target="#reply-([0-9a-f-]{36})([a-z-]*)" hx-swap="(\w+)">(.*?)</hx-partial>', re.DOTALL)


@dataclass(frozen=True)
class Message:
    data: str
    event: str = ""
    id: str = ""  # the last one that was set


@dataclass
class Decoder:
    """Bytes in, messages out; `comments` counts heartbeats."""

    comments: int = 0
    last_id: str = ""
    _rest: bytes = b""

    def feed(self, chunk: bytes) -> Iterator[Message]:
        *blocks, self._rest = (self._rest + chunk).split(b"\n\n")
        for block in blocks:
            lines = block.decode().split("\n")
            self.comments += sum(line.startswith(":") for line in lines)
            fields = [line.partition(":") for line in lines if line and not line.startswith(":")]
            values = [(name, value.removeprefix(" ")) for name, _, value in fields]
            for name, value in values:
                if name == "id":
                    self.last_id = value
            data = [value for name, value in values if name == "data"]
            if data:
                yield Message("\n".join(data), next((value for name, value in values if name == "event"), ""), self.last_id)


def messages(raw: str) -> list[Message]:
    return list(Decoder().feed(raw.encode()))


@dataclass
class Bubble:
    """What a page shows of one reply."""

    parts: dict[str, str] = field(default_factory=dict)
    done: str = ""  # data of the event that closes the stream
    blanks: int = 0  # how often it began anew

    def apply(self, message: Message) -> None:
        if message.event:
            assert message.event == "done", message
            self.done = message.data
            return
        partials = _PARTIAL.findall(message.data)
        assert "".join(_PARTIAL.split(message.data)[::5]).strip() == "", f"outside of any partial: {message.data!r}"
        for _reply, part, swap, content in partials:
            if swap == "innerHTML":
                self.parts[part] = content
                self.blanks += part == "-blocks"
                if part == "-tail":
                    self.parts["-cursor"] = ""
            elif swap == "beforeend":
                self.parts[part] = self.parts.get(part, "") + content
            else:
                assert (part, swap) == ("", "outerHTML")
                self.parts["final"] = content

    @property
    def text(self) -> str:
        """Words on the page, however they are marked up, without the spaces between them."""
        streamed = self.parts.get("-blocks", "") + self.parts.get("-tail", "") + self.parts.get("-cursor", "")
        return words(streamed)

    @property
    def final(self) -> str:
        return self.parts.get("final", "")


def words(markup: str) -> str:
    return re.sub(r"\s+", "", html.unescape(re.sub(r"<[^>]+>", "", markup)))
