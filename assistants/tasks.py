"""Celery's edge: one call each. Arguments are ids."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from accounts.visit import Visit
from assistants import moderation
from assistants.models import Screening
from gptlab.handing_over import hand_over


@shared_task(name="assistants.screen", ignore_result=True)
def screen(*, screening_id: str) -> None:
    moderation.finish(screening_id=UUID(screening_id), now=timezone.now())


def enqueue_screening(screening: Screening | None, *, visit: Visit) -> None:
    """Once it is committed. The broker away: it stays as one whom nobody asked."""
    if screening is not None and moderation.entrust(screening, visit=visit):
        hand_over(screen, screening_id=screening.pk)
