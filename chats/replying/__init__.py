"""One reply: claim → context → stream → render → announce → checkpoint → finish. Runs in workers only."""

import threading
from contextlib import suppress
from uuid import UUID

from django.db import connections

from accounts import relay
from chats import guarding
from chats.conversation import JOB
from chats.replying.claiming import Job, claim
from chats.replying.desk import end_all, write
from chats.replying.desk import warm as _warm
from gptlab import worker_loop
from gptlab.errors import Unavailable
from gptlab.llm import client

__all__ = ["Job", "close", "end_all", "run", "warm"]


def run(*, reply_id: UUID) -> Job | None:
    """Write the reply, if nobody else does. Returns when it has ended; holds no database connection meanwhile.

    The job, if this was the one that ended it.
    """
    job = claim(reply_id)
    if job is None:
        return None
    connections.close_all()
    has_ended = worker_loop.submit(write(job)).result()
    if has_ended:  # otherwise whoever ends it needs the credential
        with suppress(Unavailable):  # Redis forgets it by itself in minutes
            relay.erase(kind=JOB, job_id=reply_id)
    return job if has_ended else None


def warm() -> None:
    """Start the loop, the writer and the client before the first reply needs them; what takes seconds, beside."""
    worker_loop.submit(_warm())
    threading.Thread(target=guarding.load, name="the guard loads", daemon=True).start()


def close() -> None:
    """After the last reply: the connections to the providers."""
    worker_loop.submit(client.aclose()).result(timeout=2)
