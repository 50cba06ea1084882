"""What somebody finds wrong with an assistant, for the moderators."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assistants.models.assistant import Assistant
from gptlab.fields import EncryptedTextField


class Report(models.Model):
    """Open until a moderator closes it. Its maker never learns who wrote it, nor do the admin's pages say."""

    class Reason(models.TextChoices):
        HARMFUL = "harmful", _("Harmful or dangerous")
        ILLEGAL = "illegal", _("Against the law")
        HATEFUL = "hateful", _("Hateful or harassing")
        SEXUAL = "sexual", _("Sexual")
        PERSONAL = "personal", _("Asks for or shows personal data")
        DECEPTIVE = "deceptive", _("Pretends to be somebody, or misleads")
        STOLEN = "stolen", _("Somebody else’s work")
        SPAM = "spam", _("Spam or advertising")
        OTHER = "other", _("Something else")

    assistant = models.ForeignKey(Assistant, on_delete=models.CASCADE, related_name="reports")
    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    reason = models.CharField(max_length=16, choices=Reason)
    words = EncryptedTextField(blank=True)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = [
            models.UniqueConstraint(
                fields=["assistant", "reporter"], condition=Q(closed_at=None), name="one_open_report_per_reporter"
            )
        ]

    def __str__(self) -> str:
        return f"{self.assistant}: {self.get_reason_display()}"
