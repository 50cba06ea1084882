"""Connections to Redis: one pool for threads, one for each event loop. Values are bytes."""

import asyncio
import threading
from weakref import WeakKeyDictionary

import redis
import redis.asyncio
from django.conf import settings

_lock = threading.Lock()
_pools: dict[str, redis.Redis] = {}
_by_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, redis.asyncio.Redis] = WeakKeyDictionary()


def sync() -> redis.Redis:
    """For views, tasks and commands. A call gives up after five seconds."""
    with _lock:
        if settings.REDIS_URL not in _pools:
            _pools[settings.REDIS_URL] = redis.Redis.from_url(
                settings.REDIS_URL, socket_timeout=5, socket_connect_timeout=2, max_connections=1024
            )
        return _pools[settings.REDIS_URL]


def asynchronous() -> redis.asyncio.Redis:
    """For the running event loop. Reads may block for as long as they like: a timeout here would end a quiet stream."""
    loop = asyncio.get_running_loop()
    if loop not in _by_loop:
        _by_loop[loop] = redis.asyncio.Redis.from_url(
            settings.REDIS_URL, socket_timeout=None, socket_connect_timeout=2, max_connections=1024
        )
    return _by_loop[loop]
