"""The visit: who is here now, with which key. It is a Django session kept in Redis, which can't read it.

The cookie's token derives both the name of the Redis entry and the key that seals it, and is kept nowhere else. So Redis, even
with all of the server's secrets, opens no visit. It ends when nothing happens for a while, some hours after signing in, or at
once on signing out.
"""

import base64
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib import auth
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from accounts import visit_entry
from gptlab import errors, redis_client

if TYPE_CHECKING:
    from accounts.models import User
    from gptlab.http import HttpRequest

logger = logging.getLogger(__name__)

NEW_KEY = "new_key"  # session field: a key minted for the visitor, until a page has shown it
PUT_AWAY = "put_away"  # session field: ids of the announcements that the visitor has read
_FIELD = "visit"  # session field: the visit; staff sessions have none


@dataclass(frozen=True, slots=True, repr=False)
class Visit:
    """A visitor who is here, with what opens their account and pays for their replies. Never logged, never rendered."""

    user_id: UUID
    provider: str
    api_key: str
    data_key: bytes
    models: tuple[str, ...]
    can_chat: bool  # the provider takes the key; without, one can read
    started_at: datetime
    expires_at: datetime  # if nothing more happens


class SessionStore(SessionBase):
    """Django's session, sealed under the cookie's token. Reading it counts as activity."""

    begun_at: datetime | None = None
    unreachable = False  # Redis is away: nobody knows who this is, and the cookie is kept until it is back

    def load(self) -> dict[str, Any]:
        try:
            entry = self._read(str(self.session_key))
        except RedisError:
            logger.warning("Redis is away: a visit could not be read")
            self.unreachable = True
            return {}
        if entry is None:
            self._session_key = None  # a token that nobody here gave out is never adopted
            return {}
        self.begun_at = entry.begun_at
        return entry.content

    def create(self) -> None:
        """Under a new token. Raises Unavailable: signing in must not seem to work when it did not."""
        self._session_key = self._get_new_session_key()
        self.begun_at = timezone.now()
        self.unreachable = False
        self.save(must_create=True)
        self.modified = True

    def save(self, must_create: bool = False) -> None:
        """As Django asks. Changes of a visit that goes on are small (a notice); they may get lost while Redis is away."""
        if must_create:
            if not self._write(new=True):
                raise CreateError
            return
        try:
            if self.session_key is None:
                self.create()
            elif not self.unreachable and not self._write(new=False):
                raise UpdateError
        except errors.Unavailable:
            logger.warning("Redis is away: a change of a visit was dropped")

    def delete(self, session_key: str | None = None) -> None:
        """Erased at once. If Redis is away, losing the cookie has to do: without its token the entry opens for nobody."""
        token = session_key or self.session_key
        if token is None:
            return
        try:
            redis_client.sync().delete(visit_entry.name(token))
        except RedisError:
            logger.warning("Redis is away: a visit was left to run out")

    def exists(self, session_key: str) -> bool:
        return bool(redis_client.sync().exists(visit_entry.name(session_key)))

    def cycle_key(self) -> None:
        """A new token, when one signs in. For a visit that goes on (a password was changed) the hours are not counted anew."""
        begun_at = self.begun_at if auth.SESSION_KEY in self else None
        super().cycle_key()
        self.begun_at = begun_at or self.begun_at

    async def acycle_key(self) -> None:
        await sync_to_async(self.cycle_key)()

    @classmethod
    def clear_expired(cls) -> None:
        """Redis does it."""

    def _read(self, token: str) -> visit_entry.Entry | None:
        redis, name = redis_client.sync(), visit_entry.name(token)
        entry = visit_entry.unseal(token, redis.getex(name, ex=settings.VISIT_IDLE_SECONDS))
        if entry is None:
            return None
        seconds = visit_entry.seconds_left(entry.begun_at, now=timezone.now())
        if seconds == 0:
            redis.delete(name)
            return None
        if seconds < settings.VISIT_IDLE_SECONDS:
            redis.expire(name, seconds)
        return entry

    def _write(self, *, new: bool) -> bool:
        """False if there is such an entry although `new`, or none although not: then the visit has just been ended."""
        now, token = timezone.now(), str(self.session_key)
        content = getattr(self, "_session_cache", {}) if new else dict(self.items())  # a new one has nothing to be read
        entry = visit_entry.Entry(self.begun_at or now, content)
        seconds = visit_entry.seconds_left(entry.begun_at, now=now)
        if seconds == 0:
            return False
        sealed = visit_entry.seal(token, entry)
        try:
            return bool(redis_client.sync().set(visit_entry.name(token), sealed, ex=seconds, nx=new, xx=not new))
        except RedisError as error:
            raise _unavailable() from error

    def _get_new_session_key(self) -> str:
        return visit_entry.new_token()

    def _validate_session_key(self, key: str | None) -> bool:
        return visit_entry.is_token(key)


def current(request: "HttpRequest") -> Visit | None:
    """Who makes this request: None for nobody, for staff (who have no key), and for an account that was closed meanwhile."""
    store = getattr(request, "session", None)
    if not isinstance(store, SessionStore) or not request.user.is_authenticated or store.begun_at is None:
        return None
    now = timezone.now()
    seconds = visit_entry.seconds_left(store.begun_at, now=now)
    return _to_visit(store.get, begun_at=store.begun_at, expires_at=now + timedelta(seconds=seconds))


def is_unreachable(request: "HttpRequest") -> bool:
    """Whether nobody can say who makes this request, since Redis is away."""
    return current(request) is None and getattr(getattr(request, "session", None), "unreachable", False)


def mark(user_id: UUID) -> str:
    """Names an account on its own pages without saying which it is: so that a page notices when another one signs in on it."""
    return salted_hmac("accounts.visit.mark", user_id.hex, algorithm="sha256").hexdigest()[:16]


def begin(
    request: "HttpRequest", user: "User", *, provider: str, api_key: str, data_key: bytes, models: Sequence[str], can_chat: bool
) -> None:
    """Sign `user` in, under a new token. Whoever was here before is signed out. Raises Unavailable."""
    request.session.flush()
    request.session[_FIELD] = {
        "provider": provider,
        "api_key": api_key,
        "data_key": base64.b64encode(data_key).decode(),
        "models": list(models),
        "can_chat": can_chat,
    }
    auth.login(request, user)


def end(request: "HttpRequest") -> None:
    auth.logout(request)


async def peek(token: str) -> Visit | None:
    """The visit of a cookie, without counting as activity: an open stream keeps nobody signed in. Raises Unavailable."""
    if not visit_entry.is_token(token):
        return None
    name, pipeline = visit_entry.name(token), redis_client.asynchronous().pipeline(transaction=False)
    pipeline.get(name)
    pipeline.pttl(name)
    try:
        sealed, milliseconds = await pipeline.execute()
    except RedisError as error:
        raise _unavailable() from error
    entry, now = visit_entry.unseal(token, sealed), timezone.now()
    if entry is None or visit_entry.seconds_left(entry.begun_at, now=now) == 0:
        return None
    return _to_visit(entry.content.get, begun_at=entry.begun_at, expires_at=now + timedelta(milliseconds=milliseconds))


async def alive(token: str) -> bool:
    """Whether the visit of a cookie still goes on. Does not count as activity. Raises Unavailable."""
    try:
        return visit_entry.is_token(token) and bool(await redis_client.asynchronous().exists(visit_entry.name(token)))
    except RedisError as error:
        raise _unavailable() from error


def _to_visit(get: Callable[[str], Any], *, begun_at: datetime, expires_at: datetime) -> Visit | None:
    user_id, fields = get(auth.SESSION_KEY), get(_FIELD)
    if user_id is None or fields is None:
        return None
    return Visit(
        user_id=UUID(user_id),
        provider=fields["provider"],
        api_key=fields["api_key"],
        data_key=base64.b64decode(fields["data_key"]),
        models=tuple(fields["models"]),
        can_chat=fields["can_chat"],
        started_at=begun_at,
        expires_at=expires_at,
    )


def _unavailable() -> errors.Unavailable:
    return errors.Unavailable(_("The part that keeps visits is away. Nothing was changed; try again in a minute."))
