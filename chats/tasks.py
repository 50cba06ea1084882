"""Celery's edge: load nothing, decide nothing, one call each. Arguments are ids."""

from typing import Any
from uuid import UUID

from celery import shared_task
from celery.signals import worker_ready, worker_shutdown, worker_shutting_down
from django.conf import settings
from django.utils import timezone

from chats import recovery, replying
from chats.models import Reply


@shared_task(name="chats.reply", ignore_result=True)
def reply(*, reply_id: str) -> None:
    replying.run(reply_id=UUID(reply_id))


@shared_task(name="chats.recover", ignore_result=True)
def recover() -> None:
    for reply_id in recovery.recover(now=timezone.now()):
        _send(reply_id)


def enqueue(pending: Reply) -> None:
    """Hand a committed, pending reply to a worker. The broker away: the reaper sends it again."""
    _send(pending.pk)


def _send(reply_id: UUID) -> None:
    try:
        reply.apply_async(kwargs={"reply_id": str(reply_id)}, retry=False)
    except reply.OperationalError:
        pass


@worker_ready.connect
def warm(**_: Any) -> None:
    """Imports and connections now, not at the first visitor's first message."""
    replying.warm()


@worker_shutting_down.connect
def end_replies(**_: Any) -> None:
    replying.end_all(grace=settings.SHUTDOWN_GRACE)


@worker_shutdown.connect
def close(**_: Any) -> None:
    replying.close()
