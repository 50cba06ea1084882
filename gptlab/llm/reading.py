"""One reply, read from the bytes of its stream: what counts, in which order, and whether it is whole. No network here."""

from typing import Protocol

from gptlab.llm import errors, refusals, wire
from gptlab.llm.messages import Delta, Event, Finish, Usage

STREAM_MOST_BYTES = 64 * 1024 * 1024
_HEAD_MOST_BYTES = 64 * 1024


class Reader(Protocol):
    """An endpoint's translator of one stream (in `chat`, `responses`, `completion`).

    `is_over`: with the Finish all has come that counts, and nobody need wait for the stream's end.
    """

    is_over: bool

    def read(self, event: bytes) -> list[Event]: ...

    def rest(self) -> list[Event]: ...


class Reading:
    """Feed it bytes until it is `done` or no more come, then `close` it and ask for its `failure`.

    Events come out as Deltas, one Finish, and at the end one Usage if the upstream told it. What follows Finish is dropped.
    """

    def __init__(self, reader: Reader) -> None:
        self.done = False  # nothing more will come
        self.finished = False  # the upstream said why it stopped writing
        self.has_text = False
        self._reader = reader
        self._read = reader.read
        self._stream = wire.EventStream()
        self._usage: Usage | None = None
        self._refusal: errors.UpstreamError | None = None
        self._head = b""  # of an answer that is no event stream
        self._room = STREAM_MOST_BYTES

    def feed(self, chunk: bytes) -> list[Event]:
        """What these bytes say."""
        datas = self._stream.feed(chunk)
        if not datas and not self.has_text and len(self._head) < _HEAD_MOST_BYTES:
            self._head += chunk[:_HEAD_MOST_BYTES]
        self._room -= len(chunk)
        if self._room < 0:
            self._end(errors.ServerFailed())
        return self._take(datas)

    def close(self) -> list[Event]:
        """The last events, when no more bytes come."""
        events = [] if self.done else self._take(self._stream.close())
        if not self.finished:
            events += self._reader.rest()
        if self.finished and self._usage:
            events.append(self._usage)
        return events

    def failure(self, error: errors.UpstreamError | None = None) -> errors.UpstreamError | None:
        """Why the reply is not whole, or None if it is. `error`: how the stream ended, if not by itself.

        Once there is text, a server that failed and a line that broke are both an interruption.
        """
        if self.finished:
            return None
        cause = error or self._refusal or self._said_instead()
        if self.has_text and isinstance(cause, errors.ServerFailed | errors.Unreachable):
            return errors.Interrupted()
        return cause

    def _take(self, datas: list[bytes]) -> list[Event]:
        events: list[Event] = []
        for data in datas:
            if data.startswith(b"[DONE]"):
                self.done = True
                break
            try:
                said = self._read(data)
            except errors.UpstreamError as error:
                self._end(error.with_traceback(None))
                break
            for event in said:
                if isinstance(event, Usage):
                    self._usage = event
                elif not self.finished:
                    events.append(event)
                    self.has_text = self.has_text or isinstance(event, Delta)
                    self.finished = isinstance(event, Finish)
            if self.finished and self._reader.is_over:
                self.done = True
                break
        return events

    def _end(self, cause: errors.UpstreamError) -> None:
        self.done = True
        self._refusal = cause

    def _said_instead(self) -> errors.UpstreamError:
        """An answer without text: an error object as plain JSON, a page of HTML, or nothing."""
        body = wire.parse(self._head)
        refusal = refusals.refusal_in(body) if isinstance(body, dict) else None
        return refusal or errors.ServerFailed()
