import uuid
from typing import Any

import pytest
import redis
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from accounts import relay
from gptlab import errors

from .secrecy import traces

JOB, OTHER_JOB, ALICE, BOB = (uuid.UUID(int=n) for n in range(1, 5))
CREDENTIAL = relay.Credential(ALICE, "openai", "sk-marker-of-the-key-0123456789", b"marker of the data key 0123456789")
OLD_KEY, NEW_KEY = bytes(range(32)), bytes(range(1, 33))


def take(kind: str = "reply", job_id: uuid.UUID = JOB, user_id: uuid.UUID = ALICE) -> relay.Credential:
    return relay.take(kind=kind, job_id=job_id, user_id=user_id)


@given(st.uuids(), st.text(), st.text(), st.binary())
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_was_put_is_taken(user_id: uuid.UUID, provider: str, api_key: str, data_key: bytes) -> None:
    credential = relay.Credential(user_id, provider, api_key, data_key)
    relay.put(kind="reply", job_id=JOB, credential=credential)
    assert take(user_id=user_id) == credential


def test_it_may_be_taken_again_until_it_is_erased() -> None:
    relay.put(kind="reply", job_id=JOB, credential=CREDENTIAL)
    assert take() == take() == CREDENTIAL
    relay.erase(kind="reply", job_id=JOB)
    relay.erase(kind="reply", job_id=JOB)
    with pytest.raises(relay.Gone):
        take()


@pytest.mark.parametrize("other", [{"kind": "title"}, {"job_id": OTHER_JOB}, {"user_id": BOB}])
def test_another_job_or_user_gets_nothing(other: dict[str, Any]) -> None:
    relay.put(kind="reply", job_id=JOB, credential=CREDENTIAL)
    with pytest.raises(relay.Gone):
        take(**other)


@pytest.mark.parametrize("place", ["relay:title:{job}", "relay:reply:{other_job}"])
def test_an_entry_moved_to_another_job_does_not_open(redis_server: redis.Redis, place: str) -> None:
    relay.put(kind="reply", job_id=JOB, credential=CREDENTIAL)
    kind = "title" if "title" in place else "reply"
    job_id = OTHER_JOB if "other" in place else JOB
    redis_server.rename(f"relay:reply:{JOB}", place.format(job=JOB, other_job=OTHER_JOB))
    with pytest.raises(relay.Gone):
        take(kind=kind, job_id=job_id)


def test_a_changed_entry_does_not_open(redis_server: redis.Redis) -> None:
    relay.put(kind="reply", job_id=JOB, credential=CREDENTIAL)
    redis_server.setrange(f"relay:reply:{JOB}", 20, b"x!x")
    with pytest.raises(relay.Gone):
        take()


def test_it_is_gone_after_a_quarter_of_an_hour(redis_server: redis.Redis) -> None:
    relay.put(kind="reply", job_id=JOB, credential=CREDENTIAL)
    assert 890 < redis_server.ttl(f"relay:reply:{JOB}") <= 900


def test_worker_keys_rotate(settings: Any) -> None:
    settings.WORKER_KEYS = [OLD_KEY]
    relay.put(kind="reply", job_id=JOB, credential=CREDENTIAL)
    settings.WORKER_KEYS = [NEW_KEY, OLD_KEY]
    assert take() == CREDENTIAL
    relay.put(kind="title", job_id=JOB, credential=CREDENTIAL)
    settings.WORKER_KEYS = [NEW_KEY]
    assert take(kind="title") == CREDENTIAL
    with pytest.raises(relay.Gone):
        take()


def test_redis_holds_nothing_that_can_be_read(redis_server: redis.Redis) -> None:
    relay.put(kind="reply", job_id=JOB, credential=CREDENTIAL)
    assert traces(redis_server, CREDENTIAL.api_key.encode()) == []
    assert traces(redis_server, CREDENTIAL.data_key) == []


def test_without_redis_it_says_so(settings: Any, tmp_path: Any) -> None:
    settings.REDIS_URL = f"unix://{tmp_path}/none.sock?db=0"
    with pytest.raises(errors.Unavailable):
        relay.put(kind="reply", job_id=JOB, credential=CREDENTIAL)
    with pytest.raises(errors.Unavailable):
        take()
    with pytest.raises(errors.Unavailable):
        relay.erase(kind="reply", job_id=JOB)


def test_a_credential_does_not_show_itself() -> None:
    assert "marker" not in repr(CREDENTIAL)
    assert "marker" not in f"{CREDENTIAL}"
