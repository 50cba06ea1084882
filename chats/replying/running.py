"""One reply while it is written: what has arrived, and the handle that ends its stream."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from chats import live
from chats.leak_guard import StreamGuard
from chats.replying.claiming import Job
from gptlab.llm.messages import FinishReason, Usage


@dataclass(eq=False)
class Running:
    """One reply while it is written."""

    job: Job
    outlet: live.Outlet
    pieces: list[str] = field(default_factory=list, repr=False)
    has_begun: bool = False  # the upstream has answered
    usage: Usage | None = None
    finish: FinishReason | None = None
    ended_by: str = ""  # "stop", "shutdown" or "passed": why the stream was cancelled
    stream: asyncio.Task[None] | None = None
    stored_pieces: int = 0
    memory: dict[str, Any] | None = None  # how full the session's context is, once there is an end to it
    opening: asyncio.Future[StreamGuard] | None = None  # until the guard is ready, and somebody has asked for it
    guard: StreamGuard | None = None  # what comes from the upstream goes through it
    examining: asyncio.Task[None] | None = None  # the guard's slow part, in a thread
    verdict: str = ""  # by what the guard has stopped it
    retry_after: float | None = None  # seconds for which the upstream does not want to be asked

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    def show(self, text: str) -> None:
        if text:
            self.pieces.append(text)
            self.outlet.text(text)

    def take_back(self, verdict: str, instead: str) -> None:
        """All that was shown goes, from the page and from what will be stored."""
        self.verdict = verdict
        self.pieces = [instead]
        self.outlet.replace(instead)

    def end(self, why: str) -> None:
        """Close the upstream's socket now. The text so far stays, unless another worker has passed this one."""
        self.ended_by = self.ended_by or why
        if self.stream is not None:
            self.stream.cancel()
