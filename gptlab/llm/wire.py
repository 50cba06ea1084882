"""Server-sent events from raw bytes, and the JSON in them: survives every way of cutting and bending them, in bounded memory.

By hand because the SDK's typed events cost ten times as much per token. Format: the "event stream" of the HTML standard.
"""

import json

import orjson

EVENT_MOST_BYTES = 1024 * 1024  # longer lines and events are skipped
_BOM = b"\xef\xbb\xbf"


class EventStream:
    """Bytes in, as they come; the data of whole events out. Knows no JSON."""

    def __init__(self, *, most_bytes: int = EVENT_MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._line = bytearray()  # the beginning of a line whose end has not come
        self._data: list[bytes] = []  # the data lines of the event that has not ended
        self._data_bytes = 0
        self._too_long = False
        self._after_cr = False

    def feed(self, chunk: bytes) -> list[bytes]:
        """The data of the events that these bytes complete."""
        if self._after_cr or b"\r" in chunk:
            chunk = self._with_lf(chunk)
        if b"\n" not in chunk:
            self._hold(chunk)
            return []
        first, *lines = chunk.split(b"\n")
        if self._line or self._too_long:
            self._hold(first)
            first = bytes(self._line)
            self._line.clear()
            self._too_long = False
        rest = lines.pop()
        events = self._events([first, *lines])
        self._hold(rest)
        return events

    def close(self) -> list[bytes]:
        """What is left when no more bytes come: an event without its blank line counts, if its line is whole enough."""
        return self._events([bytes(self._line), b""])

    def _with_lf(self, chunk: bytes) -> bytes:
        """CRLF and CR become LF, also when the two bytes of a CRLF come in two chunks."""
        if self._after_cr and chunk.startswith(b"\n"):
            chunk = chunk[1:]
            self._after_cr = False
        if chunk:
            self._after_cr = chunk.endswith(b"\r")
        return chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")

    def _hold(self, part: bytes) -> None:
        if self._too_long or len(self._line) + len(part) > self._most_bytes:
            self._too_long = True
            self._line.clear()
        else:
            self._line += part

    def _events(self, lines: list[bytes]) -> list[bytes]:
        events = []
        for raw in lines:
            line = raw.removeprefix(_BOM)
            if line.startswith(b"data:"):
                data = line[6:] if line[5:6] == b" " else line[5:]
                self._data_bytes += len(data)
                if self._data_bytes <= self._most_bytes:
                    self._data.append(data)
            elif not line:
                event = b"\n".join(self._data)
                if event and self._data_bytes <= self._most_bytes:
                    events.append(event)
                self._data.clear()
                self._data_bytes = 0
        return events


def parse(data: bytes) -> object:
    """The JSON of an event, or None. Invalid UTF-8 and lone surrogates become U+FFFD, as a browser would show them."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        pass
    try:
        # The standard parser takes lone surrogates; UTF-16 then joins the pairs and replaces the rest.
        lenient = json.dumps(json.loads(data.decode("utf-8", "replace")), ensure_ascii=False)
        return orjson.loads(lenient.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))
    except (ValueError, RecursionError):
        return None


def sendable(text: str) -> str:
    """Half a surrogate pair, as a paste can contain, has no place in JSON."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
