"""What became of the last leak check of an assistant: counts, and the attacks' own words; no reply."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from assistants.models import Assistant, Version


class LeakCheck(models.Model):
    class State(models.TextChoices):
        PENDING = "pending", _("Queued")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        STOPPED = "stopped", _("Stopped")
        FAILED = "failed", _("Failed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assistant = models.OneToOneField(Assistant, on_delete=models.CASCADE, related_name="leak_check")
    version = models.ForeignKey(Version, on_delete=models.SET_NULL, null=True, related_name="+")  # while it runs
    model = models.CharField(max_length=200)
    is_secret = models.BooleanField(default=True)  # what was checked is to be guarded
    told_digest = models.CharField(max_length=64, blank=True)  # hex, HMAC-SHA-256 of what was checked
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    error_code = models.CharField(max_length=32, blank=True)
    total = models.PositiveSmallIntegerField()
    findings = models.JSONField(default=list)
    created_at = models.DateTimeField()
    heard_at = models.DateTimeField(null=True)  # when the newest finding came

    class Meta:
        verbose_name = _("leak check")
        verbose_name_plural = _("leak checks")

    def __str__(self) -> str:
        return f"{self.assistant_id}: {self.state}"
