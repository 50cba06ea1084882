"""Celery's edge: load nothing, decide nothing, one call each. Arguments are ids."""

from typing import Any
from uuid import UUID

from celery import shared_task
from celery.signals import worker_ready, worker_shutdown, worker_shutting_down
from django.conf import settings
from django.utils import timezone

from chats import condensing, leak_check, naming, numbers, recapping, recovery, replying
from chats.conversation import Concluded
from chats.models import LeakCheck, Reply
from gptlab.handing_over import hand_over


@shared_task(name="chats.reply", ignore_result=True)
def reply(*, reply_id: str) -> None:
    done = replying.run(reply_id=UUID(reply_id))
    if done is not None and done.wants_title:
        _title_after(done)
    if done is not None and done.load.condenses:
        _condense_after(done)


@shared_task(name="chats.title", ignore_result=True)
def title(*, session_id: str, job_id: str) -> None:
    naming.make_title(session_id=UUID(session_id), job_id=UUID(job_id))


@shared_task(name="chats.recap", ignore_result=True)
def recap(*, session_id: str, job_id: str) -> None:
    recapping.write(session_id=UUID(session_id), job_id=UUID(job_id))


@shared_task(name="chats.condense", ignore_result=True)
def condense(*, session_id: str, job_id: str) -> None:
    condensing.condense(session_id=UUID(session_id), job_id=UUID(job_id), now=timezone.now())


@shared_task(name="chats.leak_check", ignore_result=True)
def check_leaks(*, check_id: str) -> None:
    leak_check.run(check_id=UUID(check_id))


@shared_task(name="chats.recover", ignore_result=True)
def recover() -> None:
    for reply_id in recovery.recover(now=timezone.now()):
        _send(reply_id)


@shared_task(name="chats.refresh_numbers", ignore_result=True)
def refresh_numbers() -> None:
    numbers.refresh(now=timezone.now())


def enqueue(pending: Reply) -> None:
    """Hand a committed, pending reply to a worker. The broker away: the reaper sends it again."""
    _send(pending.pk)


def enqueue_recap(concluded: Concluded) -> None:
    """The broker away: the page says after a while that there is none, and it can be asked for again."""
    if concluded.job_id is not None:
        hand_over(recap, session_id=concluded.session.pk, job_id=concluded.job_id)


def enqueue_leak_check(check: LeakCheck) -> None:
    """The broker away: the page says after a while that nothing came of it."""
    hand_over(check_leaks, check_id=check.pk)


def _title_after(done: replying.Job) -> None:
    job_id = naming.ask_for_title(reply_id=done.reply_id, credential=done.credential, now=timezone.now())
    if job_id is not None:
        hand_over(title, session_id=done.session_id, job_id=job_id)


def _condense_after(done: replying.Job) -> None:
    """A job that gets lost is no harm: a later reply asks again."""
    job_id = condensing.ask_to_condense(
        session_id=done.session_id, turn=done.turn, credential=done.credential, now=timezone.now()
    )
    if job_id is not None:
        hand_over(condense, session_id=done.session_id, job_id=job_id)


def _send(reply_id: UUID) -> None:
    hand_over(reply, reply_id=reply_id)


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
