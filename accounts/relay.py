"""Hands a worker the credential of one job: sealed under the server's worker keys, bound to job and user, for minutes.

Written before the job's row is committed, erased when the job ends. Task arguments stay ids.
"""

import base64
import json
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from accounts.visit import Visit
from gptlab import crypto, errors, redis_client


class Gone(Exception):
    """There is no credential for this job any more: it ran out, was erased, or was never this user's."""


@dataclass(frozen=True, slots=True, repr=False)
class Credential:
    """What a worker needs to reply in a visitor's name."""

    user_id: UUID
    provider: str
    api_key: str
    data_key: bytes


def of_visit(visit: Visit) -> Credential:
    return Credential(user_id=visit.user_id, provider=visit.provider, api_key=visit.api_key, data_key=visit.data_key)


def put(*, kind: str, job_id: UUID, credential: Credential) -> None:
    place = _place(kind, job_id, credential.user_id)
    sealed = crypto.seal(_key(settings.WORKER_KEYS[0], place), _to_bytes(credential), associated=place)
    try:
        redis_client.sync().set(_name(kind, job_id), sealed, ex=settings.RELAY_SECONDS)
    except RedisError as error:
        raise _unavailable() from error


def take(*, kind: str, job_id: UUID, user_id: UUID) -> Credential:
    """As often as needed until it is erased: a task may be sent twice."""
    try:
        sealed = redis_client.sync().get(_name(kind, job_id))
    except RedisError as error:
        raise _unavailable() from error
    if not isinstance(sealed, bytes):
        raise Gone
    place = _place(kind, job_id, user_id)
    keys = [_key(worker_key, place) for worker_key in settings.WORKER_KEYS]
    try:
        return _to_credential(crypto.unseal_with_any(keys, sealed, associated=place), user_id)
    except crypto.Damaged as error:
        raise Gone from error


def claim(*, kind: str, job_id: UUID) -> bool:
    """True for the first one who comes for this job, which a broker may deliver twice."""
    try:
        return bool(redis_client.sync().set(f"claim:{kind}:{job_id}", b"1", ex=settings.RELAY_SECONDS, nx=True))
    except RedisError as error:
        raise _unavailable() from error


def erase(*, kind: str, job_id: UUID) -> None:
    try:
        redis_client.sync().delete(_name(kind, job_id))
    except RedisError as error:
        raise _unavailable() from error


def _name(kind: str, job_id: UUID) -> str:
    return f"relay:{kind}:{job_id}"


def _place(kind: str, job_id: UUID, user_id: UUID) -> bytes:
    return crypto.context("relay", kind, job_id, user_id)


def _key(worker_key: bytes, place: bytes) -> bytes:
    """A key of its own for each entry, so that random nonces never add up under one."""
    return crypto.derive(worker_key, place)


def _to_bytes(credential: Credential) -> bytes:
    data_key = base64.b64encode(credential.data_key).decode()
    return json.dumps([credential.provider, credential.api_key, data_key]).encode()


def _to_credential(plain: bytes, user_id: UUID) -> Credential:
    provider, api_key, data_key = json.loads(plain)
    return Credential(user_id, provider, api_key, base64.b64decode(data_key))


def _unavailable() -> errors.Unavailable:
    return errors.Unavailable(_("The part that hands your key to the reply is away. Nothing was sent; try again in a minute."))
