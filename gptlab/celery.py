"""The Celery application: broker and schedule from the settings, tasks from the apps."""

import os
import threading
from pathlib import Path
from typing import Any

from celery import Celery
from celery.beat import Service
from celery.signals import beat_init, celeryd_init, worker_ready, worker_shutting_down

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gptlab.settings")

app = Celery("gptlab")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@celeryd_init.connect
@beat_init.connect
def refuse_unsafe_production(**_: Any) -> None:
    from gptlab import checks

    checks.refuse_unsafe_production()


@worker_ready.connect
def start_beat(**_: Any) -> None:
    """On one machine beat is a thread of the worker: one process less, and none that a killed worker could leave behind."""
    from django.conf import settings

    if settings.BEAT_IN_WORKER:
        beat = Service(app, scheduler_cls=app.conf.beat_scheduler)
        worker_shutting_down.connect(lambda **_: beat.stop(), weak=False)
        threading.Thread(target=beat.start, name="beat", daemon=True).start()


@worker_ready.connect
def tell_supervisor(**_: Any) -> None:
    """`manage.py lab` waits for this file before it says that the lab is ready."""
    if path := os.environ.get("READY_FILE"):
        Path(path).write_text(str(os.getpid()))
