"""How often something may be done: counted in the installation's Redis, under names that don't give away who did it."""

import ipaddress
import math
import time
from functools import lru_cache

from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from limits import parse_many
from limits.storage import RedisStorage
from limits.strategies import MovingWindowRateLimiter
from redis.exceptions import RedisError

from gptlab import errors, redis_client
from gptlab.when import after

_IPV6_SITE_BITS = 64  # one visitor commonly has all addresses of such a network


def hit(name: str, *, key: str, limit: str) -> None:
    """Count one use of `name` by `key`; raises Limited when that is too often, and Unavailable when nobody can count.

    `limit` is like "20/minute;200/hour". Only a keyed hash of `key` is kept.
    """
    who = salted_hmac(f"gptlab.rate_limits.{name}", key, algorithm="sha256").hexdigest()
    try:
        limiter = _limiter(settings.REDIS_URL)
        for item in parse_many(limit):
            if not limiter.hit(item, name, who):
                seconds = limiter.get_window_stats(item, name, who).reset_time - time.time()
                message = _("That was often. You can try again %(when)s.") % {"when": after(seconds)}
                raise errors.Limited(message, retry_after=max(1, math.ceil(seconds)))
    except RedisError as error:
        raise errors.Unavailable(_("A part of GPT Lab is away. Try again in a minute.")) from error


def network(address: str) -> str:
    """Whom an address stands for: itself, or for IPv6 its whole site. What is no address is taken as it is."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if ip.version == 4:
        return str(ip)
    return str(ip.ipv4_mapped or ipaddress.ip_network((ip, _IPV6_SITE_BITS), strict=False))


@lru_cache(maxsize=1)
def _limiter(redis_url: str) -> MovingWindowRateLimiter:
    """On the pool that everything else uses; `redis_url` only says whether it is still the same Redis."""
    storage = RedisStorage("redis://", connection_pool=redis_client.sync().connection_pool, key_prefix="limit")
    return MovingWindowRateLimiter(storage)
