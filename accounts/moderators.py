"""Staff who look after assistants and reports: made by command, with the rights of one group and no more."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import Group, Permission
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from gptlab.errors import Conflict, Invalid

GROUP = "Moderators"
# By name, as far as they are there: what they are about lies in an app above this one.
RIGHTS = (
    "view_assistant", "change_assistant", "view_version", "view_report", "change_report", "view_appeal", "change_appeal",
    "view_decision", "view_screening", "view_statistics",
)  # fmt: skip
READ_PROMPTS = "read_prompt"
_APP, _APPS = "assistants", ("assistants", "chats")


@dataclass(frozen=True, slots=True)
class Made:
    is_new: bool
    changed: bool  # anything at all
    may_read_prompts: bool


def find(name: str) -> User | None:
    return User.objects.filter(username=name).first()


def check_password(name: str, password: str) -> None:
    """Raises Invalid with what is wrong with it."""
    try:
        validate_password(password, User(username=name))
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), field="password") from None


@transaction.atomic
def make(*, name: str, password: str | None, may_read_prompts: bool, now: datetime) -> Made:
    """Makes one, or gives one of the staff what they lack. Without a password an old one stays. Raises Invalid, Conflict."""
    user = User.objects.select_for_update().filter(username=name).first()
    is_new = user is None
    if user is None:
        user = _new(name, now=now)
    elif not user.is_staff or not user.is_active:
        raise Conflict(_("%(name)s is no active member of the staff. Make them one in the admin first.") % {"name": name})
    if password is not None:
        check_password(name, password)
        user.set_password(password)
    if is_new or password is not None:
        user.save()
    rights = [_join(user, _group())]
    if may_read_prompts and (permission := _permissions(READ_PROMPTS).first()) is not None:
        rights.append(_grant(user, permission))
    made = [word for word, is_so in (("made", is_new), ("password", password is not None), ("rights", any(rights))) if is_so]
    if made:
        audit.record("moderator: " + ", ".join(made), by=None, now=now, subject=name)
    return Made(is_new, bool(made), user.has_perm(f"{_APP}.{READ_PROMPTS}"))


def _new(name: str, *, now: datetime) -> User:
    if name.casefold() == audit.COMMAND:
        raise Invalid(_("This is what the audit log calls whoever works at the command line."), field="name")
    if not name or name != " ".join(name.split()):
        raise Invalid(_("A name has letters, and spaces only between them."), field="name")
    user = User(username=name, is_staff=True, created_at=now)
    try:
        user.clean_fields(exclude={"password"})
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), field="name") from None
    return user


def _group() -> Group:
    """With all rights that there are by now: a later version may have more."""
    group, _is_new = Group.objects.get_or_create(name=GROUP)
    group.permissions.add(*_permissions(*RIGHTS))
    return group


def _permissions(*codenames: str) -> models.QuerySet[Permission]:
    return Permission.objects.filter(content_type__app_label__in=_APPS, codename__in=codenames)


def _join(user: User, group: Group) -> bool:
    is_missing = not user.is_superuser and not user.groups.filter(pk=group.pk).exists()
    if is_missing:
        user.groups.add(group)
    return is_missing


def _grant(user: User, permission: Permission) -> bool:
    is_missing = not user.is_superuser and not user.user_permissions.filter(pk=permission.pk).exists()
    if is_missing:
        user.user_permissions.add(permission)
    return is_missing
