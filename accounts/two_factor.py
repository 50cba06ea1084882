"""Two-factor for staff: set up, checked, taken away. Each change is noted in the audit log."""

from datetime import datetime

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django_otp import DEVICE_ID_SESSION_KEY

from accounts import audit
from accounts.authenticator import Authenticator, new_key
from accounts.models import User
from gptlab import rate_limits
from gptlab.errors import Conflict, Invalid

LIMIT = "10/minute;60/hour"  # codes of one person
KEY = "two_factor_key"  # session field: sealed under the cookie, like all of a session


def of(user: User) -> Authenticator | None:
    found: Authenticator | None = Authenticator.objects.filter(user=user).first()
    return found


def is_enough(user: User, session: SessionBase) -> bool:
    """Whether who signed in has shown what they must: a code, if they have set one up; if they have to, to have done so."""
    device = of(user)
    if device is None:  # a session that was opened with one that was reset since, as for a stolen phone, is over
        return not settings.STAFF_TWO_FACTOR and DEVICE_ID_SESSION_KEY not in session
    return bool(session.get(DEVICE_ID_SESSION_KEY) == device.persistent_id)


def must_set_up(user: User, session: SessionBase) -> bool:
    """Before anything else, in a session that was not opened with one."""
    return settings.STAFF_TWO_FACTOR and of(user) is None and DEVICE_ID_SESSION_KEY not in session


def check(user: User, code: str) -> Authenticator:
    """Raises Invalid for a wrong code, Limited, Unavailable."""
    if not code.strip():
        raise Invalid(_("Give the code of your app as well, or a recovery code."), field="code")
    rate_limits.hit("staff-code", key=str(user.pk), limit=LIMIT)
    return _verified(user, code)


def begin(session: SessionBase) -> Authenticator:
    """One to be confirmed, not saved. Its key is this session's: who knows the password, too, and looked before, has another."""
    if KEY not in session:
        session[KEY] = new_key()
    return Authenticator(name="app", key=session[KEY])


def confirm(user: User, code: str, *, session: SessionBase, now: datetime) -> tuple[Authenticator, list[str]]:
    """In use from now on, with codes to fall back on, which are shown once. Raises Invalid, Conflict, Limited, Unavailable."""
    rate_limits.hit("staff-code", key=str(user.pk), limit=LIMIT)
    device = begin(session)
    if not device.accepts(code):
        raise Invalid(_("This code is wrong. Wait for the next one; is the clock of your phone right?"), field="code")
    device.user = user
    try:
        with transaction.atomic():
            device.save(force_insert=True)
            codes = device.make_recovery_codes()
            audit.record("two-factor set up", by=user, now=now, subject=str(user))
    except IntegrityError:
        raise Conflict(_("It was set up elsewhere meanwhile. Sign in again, with a code.")) from None
    del session[KEY]
    return device, codes


def renew_codes(user: User, *, password: str, code: str, now: datetime) -> list[str]:
    """Raises Invalid, Limited, Unavailable."""
    device = _proven(user, password=password, code=code)
    with transaction.atomic():
        audit.record("recovery codes made", by=user, now=now, subject=str(user))
        return device.make_recovery_codes()


def turn_off(user: User, *, password: str, code: str, now: datetime) -> None:
    """Raises Invalid, Limited, Unavailable."""
    _proven(user, password=password, code=code)
    reset(user, by=user, now=now, action="two-factor off")


def _proven(user: User, *, password: str, code: str) -> Authenticator:
    """By both, since a screen left open is neither. A wrong password uses no code up."""
    rate_limits.hit("staff-code", key=str(user.pk), limit=LIMIT)
    if not user.check_password(password):
        raise Invalid(_("This is not your password."), field="password")
    return _verified(user, code)


def _verified(user: User, code: str) -> Authenticator:
    with transaction.atomic():
        device: Authenticator | None = Authenticator.objects.select_for_update().filter(user=user).first()
        is_right = device is not None and device.verify_token(code)  # what is wrong is counted: no exception in here
    if device is None or not is_right:
        raise Invalid(_("This code is wrong, was used, or came too soon after a wrong one. Wait for the next one."), field="code")
    return device


@transaction.atomic
def reset(user: User, *, by: User | None, now: datetime, action: str = "two-factor reset") -> bool:
    """For who has lost phone and codes. False: there is nothing to take away."""
    gone, _each = Authenticator.objects.filter(user=user).delete()
    if gone:
        audit.record(action, by=by, now=now, subject=str(user))
    return bool(gone)
