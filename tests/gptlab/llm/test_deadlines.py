import asyncio
import time
from contextlib import closing

import pytest

from gptlab.llm import chat
from gptlab.llm.deadlines import Deadlines, Watch
from gptlab.llm.reading import Reading
from tests.fakes.wire_cases import HELLO, delta


async def wait_for_ever(watch):
    with watch:
        await asyncio.Event().wait()


async def test_wait_that_takes_too_long_ends_and_the_task_lives_on():
    with closing(Watch(Deadlines(quiet=0.05), reasoning=False)) as watch:
        for _ in range(2):
            began = time.monotonic()
            with pytest.raises(TimeoutError):
                await wait_for_ever(watch)
            assert 0.04 < time.monotonic() - began < 10
        assert asyncio.current_task().cancelling() == 0


async def test_waits_that_end_in_time_are_not_added_up():
    with closing(Watch(Deadlines(quiet=1), reasoning=False)) as watch:
        for _ in range(6):
            with watch:
                await asyncio.sleep(0.2)


async def test_only_waiting_counts():
    with closing(Watch(Deadlines(quiet=0.4), reasoning=False)) as watch:
        with watch:
            await asyncio.sleep(0)
        await asyncio.sleep(0.6)
        with watch:
            await asyncio.sleep(0)


async def test_cancelling_at_the_same_moment_wins():
    """Who stops a reply must not be answered with a timeout."""
    with closing(Watch(Deadlines(), reasoning=False)) as watch:
        task = asyncio.create_task(wait_for_ever(watch))
        await asyncio.sleep(0)
        watch._due = 0
        watch._go_off()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_all_waits_together_end_in_time():
    async def many_waits(watch):
        for _ in range(100):
            with watch:
                await asyncio.sleep(0.05)

    with closing(Watch(Deadlines(total=0.2), reasoning=False)) as watch, pytest.raises(TimeoutError):
        await many_waits(watch)


async def test_pause_must_leave_time():
    watch = Watch(Deadlines(total=10), reasoning=False)
    assert watch.leaves(9)
    assert not watch.leaves(11)


async def test_what_was_heard_decides_how_long_to_wait():
    reading = Reading(chat.Reader())
    watch = Watch(Deadlines(quiet=60, thinking=300, after_finish=5), reasoning=True)
    waits = []
    for heard in (b": ping\n\n", delta("Hel"), HELLO):
        reading.feed(heard)
        watch.heard(reading)
        waits.append(watch._silence)
    assert waits == [300, 60, 5]


async def test_nothing_is_left_behind():
    watch = Watch(Deadlines(), reasoning=False)
    with watch:
        await asyncio.sleep(0)
    watch.close()
    assert watch._timer.cancelled()
