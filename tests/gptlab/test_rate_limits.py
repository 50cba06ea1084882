import time
from typing import Any

import pytest
import redis

from gptlab import errors, rate_limits


def test_as_often_as_allowed_and_then_no_more() -> None:
    for _i in range(3):
        rate_limits.hit("test", key="alice", limit="3/minute")
    with pytest.raises(errors.Limited) as caught:
        rate_limits.hit("test", key="alice", limit="3/minute")
    assert 1 <= caught.value.retry_after <= 60


def test_everyone_has_a_count_of_their_own_for_each_thing() -> None:
    for name, key in [("one", "alice"), ("one", "bob"), ("other", "alice")]:
        rate_limits.hit(name, key=key, limit="1/hour")
    with pytest.raises(errors.Limited):
        rate_limits.hit("other", key="alice", limit="1/hour")


def test_each_of_several_limits_holds() -> None:
    for _i in range(2):
        rate_limits.hit("test", key="alice", limit="5/minute;2/hour")
    with pytest.raises(errors.Limited) as caught:
        rate_limits.hit("test", key="alice", limit="5/minute;2/hour")
    assert caught.value.retry_after > 60


def test_it_may_be_done_again_after_the_time_that_was_named() -> None:
    rate_limits.hit("test", key="alice", limit="1/second")
    with pytest.raises(errors.Limited) as caught:
        rate_limits.hit("test", key="alice", limit="1/second")
    time.sleep(caught.value.retry_after)
    rate_limits.hit("test", key="alice", limit="1/second")


def test_redis_does_not_learn_who_it_was(redis_server: redis.Redis) -> None:
    rate_limits.hit("sign-in", key="192.0.2.77", limit="5/minute")
    dump = b"".join(name + bytes(redis_server.dump(name)) for name in redis_server.scan_iter())
    assert b"192.0.2" not in dump
    assert b"192.0.2.77".hex().encode() not in dump


def test_nothing_is_kept_beyond_the_time_counted(redis_server: redis.Redis) -> None:
    rate_limits.hit("test", key="alice", limit="5/minute")
    assert all(0 < redis_server.ttl(name) <= 60 for name in redis_server.scan_iter())


def test_without_redis_nothing_is_allowed(settings: Any, tmp_path: Any) -> None:
    settings.REDIS_URL = f"unix://{tmp_path}/none.sock?db=0"
    with pytest.raises(errors.Unavailable):
        rate_limits.hit("test", key="alice", limit="5/minute")


@pytest.mark.parametrize(
    ("address", "who"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unix", "unix"),
    ],
)
def test_an_ipv6_site_counts_as_one(address: str, who: str) -> None:
    assert rate_limits.network(address) == who
