"""What machines ask: is this process alive, and can it serve? Both answer in plain text and tell nothing else."""

import logging

import redis
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gptlab import preparation, redis_client

log = logging.getLogger(__name__)

_migrated = False  # once true it stays so while this process lives: looking again costs a query per app


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Looks at nothing else, so that a database that is away does not restart every web process."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Send visitors here: the database answers and is migrated, and Redis answers."""
    missing = [name for name, ready in (("database", _database_is_ready), ("redis", _redis_is_ready)) if not ready()]
    text = f"waiting for {', '.join(missing)}\n" if missing else "ready\n"
    return HttpResponse(text, status=503 if missing else 200, content_type="text/plain")


def _database_is_ready() -> bool:
    global _migrated
    try:
        if _migrated:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        else:
            _migrated = preparation.is_migrated()
    except DatabaseError as error:
        log.warning("The database is not ready: %s", type(error).__name__)
        return False
    return _migrated


def _redis_is_ready() -> bool:
    try:
        return bool(redis_client.sync().ping())
    except redis.RedisError as error:
        log.warning("Redis is not ready: %s", type(error).__name__)
        return False
