"""Small requests beside the replies, made by workers: a recap, a title. Each is paid by the visitor whose chat it is about.

The relay holds the credential of such a job from before its row is committed until it has ended, as for a reply.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from uuid import UUID, uuid4

from django.db import connections

from accounts import relay
from accounts.visit import Visit
from gptlab import worker_loop
from gptlab.errors import Unavailable
from gptlab.llm import client
from gptlab.llm.deadlines import Deadlines
from gptlab.llm.messages import Completion, Request

DEADLINES = Deadlines(total=150.0)


@contextmanager
def job_paid_by(visit: Visit, *, kind: str) -> Iterator[UUID]:
    """The id of a job to come, whose credential the relay holds already. Taken back if nothing comes of the job."""
    with job_trusted_with(relay.of_visit(visit), kind=kind) as job_id:
        yield job_id


@contextmanager
def job_trusted_with(credential: relay.Credential, *, kind: str) -> Iterator[UUID]:
    """The same, for who has the credential from a job of the same visitor. Raises Unavailable."""
    job_id, is_used = uuid4(), False
    relay.put(kind=kind, job_id=job_id, credential=credential)
    try:
        yield job_id
        is_used = True
    finally:
        if not is_used:
            forget(kind=kind, job_id=job_id)


@contextmanager
def once(*, kind: str, job_id: UUID) -> Iterator[bool]:
    """Whether the job is this worker's: a broker may deliver a task twice, and the visitor pays. Its credential is then
    forgotten at the end, whatever the end is.
    """
    try:
        is_mine = relay.claim(kind=kind, job_id=job_id)
    except Unavailable:
        is_mine = True  # there is no credential to be had either: the job ends as one that failed
    try:
        yield is_mine
    finally:
        if is_mine:
            forget(kind=kind, job_id=job_id)


def forget(*, kind: str, job_id: UUID) -> None:
    with suppress(Unavailable):  # it runs out by itself
        relay.erase(kind=kind, job_id=job_id)


def ask(request: Request, *, api_key: str) -> Completion:
    """Waits on the worker's loop without a database connection. Raises UpstreamError."""
    connections.close_all()
    return worker_loop.submit(client.complete(request, api_key=api_key, deadlines=DEADLINES)).result()
