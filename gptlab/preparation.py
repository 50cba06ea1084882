"""What an installation needs before it serves: tables, the showcase, static files. Each step sees quickly that it is done."""

import hashlib
import io
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

_STATIC_STAMP = "static.stamp"


def prepare() -> None:
    """What the servers need before they start."""
    if not is_migrated():
        call_command("migrate", interactive=False, verbosity=0)
    collect_static()


def load_showcase() -> None:
    """What visitors should find. The servers may start meanwhile."""
    call_command("load_showcase", stdout=io.StringIO())


def is_migrated() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def collect_static() -> None:
    """Copy, hash and compress the static files, unless they are what they were: this takes seconds."""
    stamp, present = settings.DATA / _STATIC_STAMP, _static_fingerprint()
    if stamp.exists() and stamp.read_text() == present and Path(settings.STATIC_ROOT).is_dir():
        return
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(present)


def _static_fingerprint() -> str:
    """Changes whenever a static file is added, removed or written."""
    found = hashlib.sha256(f"{settings.STATIC_ROOT} {settings.STORAGES['staticfiles']}".encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            stat = Path(storage.path(path)).stat()
            found.update(f"{path} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return found.hexdigest()
