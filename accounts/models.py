"""Who you are: a user is a random id, and each of their credentials a hash that opens the user's data key.

And what all who are here are told.
"""

import uuid
from datetime import datetime
from typing import Any, Never

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.authenticator import Authenticator
from gptlab.markdown.document import line


class UserManager(BaseUserManager["User"]):
    def create_visitor(self, *, terms_version: str, now: datetime) -> "User":
        """A visitor: no name, no password; only a credential leads here."""
        user = self.model(terms_version=terms_version, created_at=now)
        user.set_unusable_password()
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **extra: Any) -> "User":
        user = self.model(username=username, is_staff=True, is_superuser=True, **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A visitor (no username, a credential) or staff (a username and a password, no credential)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(_("user name"), max_length=64, unique=True, null=True, blank=True, help_text=_("Staff only."))
    terms_version = models.CharField(_("agreed terms"), max_length=32, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("staff"), default=False)
    may_share = models.BooleanField(_("may share assistants"), default=True, editable=False)  # moderators take it by a ban
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "username"

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.CheckConstraint(
                condition=Q(is_staff=False, is_superuser=False) | Q(username__isnull=False), name="staff_have_a_user_name"
            )
        ]

    def __str__(self) -> str:
        return self.username or f"visitor {str(self.id)[:8]}"

    @property
    def is_visitor(self) -> bool:
        return self.username is None


class Credential(models.Model):
    """One way in: names its user by a one-way hash and wraps the user's data key under what only the key derives."""

    class Kind(models.TextChoices):
        API_KEY = "api_key", _("API key")
        RECOVERY = "recovery", _("recovery code")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="credentials")
    kind = models.CharField(max_length=16, choices=Kind)
    provider = models.CharField(max_length=64)
    lookup_hash = models.CharField(max_length=64, unique=True)  # hex
    iterations = models.PositiveIntegerField()
    salt = models.BinaryField(max_length=32)  # of the wrapping key
    wrapped_data_key = models.BinaryField(max_length=128)
    label = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("credential")
        verbose_name_plural = _("credentials")

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


_APPEND_ONLY = "The audit log is only ever added to (accounts/audit.py)."


class AuditQuerySet(models.QuerySet["AuditEntry"]):
    def update(self, **_: Any) -> Never:
        raise TypeError(_APPEND_ONLY)

    def delete(self) -> Never:
        raise TypeError(_APPEND_ONLY)


class AuditEntry(models.Model):
    """What somebody with power did. Each entry holds the digest of the one before it: see `accounts/audit.py`.

    Who it was stands here as text, so that the entry stays what it is when the account goes.
    """

    number = models.PositiveBigIntegerField(unique=True, editable=False)  # from 1, without gaps
    at = models.DateTimeField(_("at"), editable=False)
    actor = models.CharField(_("who"), max_length=80, editable=False)
    action = models.CharField(_("did"), max_length=64, editable=False)
    subject = models.CharField(_("to"), max_length=128, blank=True, editable=False)
    detail = models.TextField(_("detail"), blank=True, editable=False)
    previous = models.CharField(max_length=64, blank=True, editable=False)  # hex
    digest = models.CharField(max_length=64, editable=False)  # hex, SHA-256
    seal = models.CharField(max_length=64, editable=False)  # hex, HMAC-SHA-256 under a key of the server

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit log")

    def __str__(self) -> str:
        return f"{self.number}: {self.actor} {self.action} {self.subject}".strip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError(_APPEND_ONLY)
        super().save(*args, force_insert=True)

    def delete(self, *args: Any, **kwargs: Any) -> Never:
        raise TypeError(_APPEND_ONLY)


class AnnouncementQuerySet(models.QuerySet["Announcement"]):
    def not_over(self, *, now: datetime) -> "AnnouncementQuerySet":
        """Those that run, and those to come."""
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=now))


class Announcement(models.Model):
    """What everybody is to know for a while: a banner on every page. It may also have the place be read only meanwhile."""

    class Tone(models.TextChoices):
        INFO = "info", _("news")
        WARNING = "warning", _("warning")

    words = models.CharField(
        _("words"), max_length=300, help_text=_("A sentence or two. Markdown: **bold**, *emphasis*, [a link](https://…).")
    )
    tone = models.CharField(_("tone"), max_length=16, choices=Tone, default=Tone.INFO)
    starts_at = models.DateTimeField(_("from"), default=timezone.now)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True, help_text=_("Empty: until you end it."))
    is_read_only = models.BooleanField(
        _("read only"),
        default=False,
        help_text=_("Meanwhile nothing can be sent or changed, except here. Replies that are being written are finished."),
    )

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="announcement_ends_after_its_start",
                violation_error_message=_("It must end after it starts."),
            )
        ]

    def __str__(self) -> str:
        return self.words

    @cached_property
    def html(self) -> SafeString:
        return line(self.words)

    def runs(self, *, now: datetime) -> bool:
        return self.starts_at <= now and (self.ends_at is None or now < self.ends_at)


__all__ = ["Announcement", "AuditEntry", "Authenticator", "Credential", "User"]
