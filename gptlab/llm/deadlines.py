"""How long to wait for an upstream, and for what."""

import asyncio
from dataclasses import dataclass
from types import TracebackType

from gptlab.llm.reading import Reading


@dataclass(frozen=True, slots=True)
class Deadlines:
    """In seconds. `thinking` is `quiet` for a reasoning model that has not written its first word."""

    connect: float = 5.0
    quiet: float = 60.0
    thinking: float = 300.0
    after_finish: float = 5.0  # some servers keep the line open after the reply, or never say that it is over
    total: float = 600.0
    backoff: float = 0.5  # before the first retry; twice as long before the second


DEADLINES = Deadlines()


class Watch:
    """The deadlines of one reply, from now on. `with watch:` around each wait: raises TimeoutError when it takes too long.

    Works as `asyncio.timeout` does, but with one timer that is moved on only when it goes off: a new one for every token
    costs a fifth of what reading the token costs.
    """

    def __init__(self, deadlines: Deadlines, *, reasoning: bool) -> None:
        self._loop = asyncio.get_running_loop()
        self._deadlines = deadlines
        self._silence = deadlines.thinking if reasoning else deadlines.quiet
        self._end = self._loop.time() + deadlines.total
        self._due = self._end
        self._task: asyncio.Task[object] | None = None  # that waits now
        self._cancelling = 0
        self._expired = False
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0.0

    def leaves(self, seconds: float) -> bool:
        """Whether a pause of so many seconds leaves time for anything else."""
        return self._loop.time() + seconds < self._end

    def heard(self, reading: Reading) -> None:
        """What the reply has come to decides how long the next wait may be."""
        if reading.finished:
            self._silence = self._deadlines.after_finish
            self._end = min(self._end, self._loop.time() + self._silence)  # whatever else is written is no part of the reply
        elif reading.has_text:
            self._silence = self._deadlines.quiet

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def __enter__(self) -> None:
        self._task = asyncio.current_task()
        self._cancelling = self._task.cancelling() if self._task else 0
        self._due = min(self._loop.time() + self._silence, self._end)
        if self._timer is None or self._timer_at > self._due:
            self._set(self._due)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        task, self._task = self._task, None
        if self._expired and task is not None:
            self._expired = False
            if task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
                raise TimeoutError from error

    def _set(self, when: float) -> None:
        self.close()
        self._timer_at = when
        self._timer = self._loop.call_at(when, self._go_off)

    def _go_off(self) -> None:
        self._timer = None
        if self._task is None:
            return
        if self._loop.time() < self._due:
            self._set(self._due)
        else:
            self._expired = True
            self._task.cancel()
