"""What moderators decided about an assistant or its maker, what the maker answered, and what the automatic checks found."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assistants.models.assistant import Assistant
from gptlab.fields import EncryptedTextField


class Decision(models.Model):
    """Never changed: what is decided otherwise is another decision. Its maker reads the reason; nobody reads who it was by."""

    class Action(models.TextChoices):
        HELD = "held", _("Held back by the automatic checks")
        CLEARED = "cleared", _("Cleared by the automatic checks")
        APPROVED = "approved", _("Approved")
        SHOWCASED = "showcased", _("Put on the showcase")
        UNSHOWCASED = "unshowcased", _("Taken off the showcase")
        UNLISTED = "unlisted", _("Taken out of the Lounge")
        SUSPENDED = "suspended", _("Suspended")
        RESTORED = "restored", _("Restored")
        BANNED = "banned", _("Banned from sharing")
        UNBANNED = "unbanned", _("Allowed to share again")

    assistant = models.ForeignKey(Assistant, null=True, on_delete=models.CASCADE, related_name="decisions")
    creator = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="decisions")
    part_of = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="parts")  # of a ban
    action = models.CharField(_("decision"), max_length=16, choices=Action)
    before = models.CharField(max_length=16, blank=True)  # the assistant's standing; empty where the decision did not change it
    reason = models.TextField(_("reason"), blank=True)
    by = models.CharField(_("by"), max_length=64, blank=True)  # the moderator's user name; empty: the checks
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        indexes = [models.Index(fields=["creator", "-made_at"], name="decisions_by_creator")]

    def __str__(self) -> str:
        return f"{self.assistant or self.creator or '—'}: {self.get_action_display()}"


class Appeal(models.Model):
    """What the maker says against a decision: once."""

    decision = models.OneToOneField(Decision, on_delete=models.CASCADE, related_name="appeal")
    words = EncryptedTextField(_("words"))
    made_at = models.DateTimeField(_("made"))
    granted = models.BooleanField(_("granted"), null=True, editable=False)  # null: nobody has answered yet
    answer = models.TextField(_("answer"), blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        constraints = [
            models.CheckConstraint(
                condition=Q(granted=None, answered_at=None) | Q(granted__isnull=False, answered_at__isnull=False),
                name="answered_appeals_have_a_time",
            )
        ]

    def __str__(self) -> str:
        return str(self.decision)


class Screening(models.Model):
    """One look at what was published for everybody, by program. The newest of an assistant counts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assistant = models.ForeignKey(Assistant, on_delete=models.CASCADE, related_name="screenings")
    words_found = models.PositiveIntegerField(default=0)  # how many of the operator's list stand in it
    categories = models.JSONField(default=list)  # that the provider's moderation put it in
    maker_is_watched = models.BooleanField(_("maker has a suspended one"), default=False)
    was_moderated = models.BooleanField(null=True)  # null: asked, no answer yet; False: there is nobody to ask, or none came
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("automatic check")
        verbose_name_plural = _("automatic checks")
        indexes = [models.Index(fields=["assistant", "-made_at"], name="screenings_of_assistant")]

    def __str__(self) -> str:
        return f"{self.assistant} {self.made_at:%Y-%m-%d}"

    @property
    def has_found(self) -> bool:
        return bool(self.words_found or self.categories or self.maker_is_watched)


class QueuedAssistant(Assistant):
    """For the admin: the same rows, as a list of what is to be looked at. Its rights are those on assistants."""

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("assistant to look at")
        verbose_name_plural = _("moderation queue")
