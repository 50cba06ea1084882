"""Two-factor for staff: set up, checked, taken away. Each change is noted in the audit log."""

from datetime import datetime

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.utils.translation import gettext as _
from django_otp import DEVICE_ID_SESSION_KEY

from accounts import audit
from accounts.authenticator import Authenticator, new_key
from accounts.models import User
from gptlab import rate_limits
from gptlab.errors import Invalid, Missing

LIMIT = "10/minute;60/hour"  # codes of one person


def of(user: User) -> Authenticator | None:
    """The one that is in use."""
    found: Authenticator | None = Authenticator.objects.filter(user=user, confirmed=True).first()
    return found


def is_enough(user: User, session: SessionBase) -> bool:
    """Whether who signed in has shown what they must: a code, if they have set one up; if they have to, to have done so."""
    device = of(user)
    if device is None:
        return not settings.STAFF_TWO_FACTOR
    return bool(session.get(DEVICE_ID_SESSION_KEY) == device.persistent_id)


def check(user: User, code: str) -> Authenticator:
    """Raises Invalid for a wrong code, Limited, Unavailable."""
    rate_limits.hit("staff-code", key=str(user.pk), limit=LIMIT)
    with transaction.atomic():
        device: Authenticator | None = Authenticator.objects.select_for_update().filter(user=user, confirmed=True).first()
        is_right = device is not None and device.verify_token(code)  # what is wrong is counted: no exception in here
    if device is None or not is_right:
        raise Invalid(_("This code is wrong, was used, or came too soon after a wrong one. Wait for the next one."), field="code")
    return device


def begin(user: User) -> Authenticator:
    """One to be confirmed, the same until it is."""
    made = {"name": "app", "key": new_key(), "confirmed": False}
    device: Authenticator = Authenticator.objects.get_or_create(user=user, defaults=made)[0]
    return device


def confirm(user: User, code: str, *, now: datetime) -> tuple[Authenticator, list[str]]:
    """In use from now on, with codes to fall back on, which are shown once. Raises Missing, Invalid, Limited."""
    rate_limits.hit("staff-code", key=str(user.pk), limit=LIMIT)
    with transaction.atomic():
        device = Authenticator.objects.select_for_update().filter(user=user, confirmed=False).first()
        if device is None:
            raise Missing
        codes = []
        if device.verify_token(code):  # what is wrong is counted: no exception in here
            device.confirmed = True
            device.save(update_fields=["confirmed"])
            codes = device.make_recovery_codes()
            audit.record("two-factor set up", by=user, now=now, subject=str(user))
    if not codes:
        raise Invalid(_("This code is wrong. Wait for the next one; is the clock of your phone right?"), field="code")
    return device, codes


def renew_codes(user: User, code: str, *, now: datetime) -> list[str]:
    device = check(user, code)
    with transaction.atomic():
        audit.record("recovery codes made", by=user, now=now, subject=str(user))
        return device.make_recovery_codes()


def turn_off(user: User, code: str, *, now: datetime) -> None:
    check(user, code)
    reset(user, by=user, now=now, action="two-factor off")


@transaction.atomic
def reset(user: User, *, by: User | None, now: datetime, action: str = "two-factor reset") -> bool:
    """For who has lost phone and codes. False: there is nothing to take away."""
    gone, _each = Authenticator.objects.filter(user=user).delete()
    if gone:
        audit.record(action, by=by, now=now, subject=str(user))
    return bool(gone)
