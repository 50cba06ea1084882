"""What its maker is working on, until it is published or thrown away."""

import json

from django.db import models
from django.utils.translation import gettext_lazy as _

from assistants.models.assistant import Assistant
from gptlab.fields import EncryptedTextField


class Draft(models.Model):
    """All that was typed, fit or not. At most one for an assistant."""

    assistant = models.OneToOneField(Assistant, on_delete=models.CASCADE, related_name="draft")
    content = EncryptedTextField()  # JSON: the value of each field, as it was typed
    is_empty = models.BooleanField(default=True)  # nothing was typed into it yet
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")

    def __str__(self) -> str:
        return f"draft of {self.assistant_id}"

    @property
    def typed(self) -> dict[str, str]:
        return dict(json.loads(self.content))

    @typed.setter
    def typed(self, values: dict[str, str]) -> None:
        self.content = json.dumps(values, ensure_ascii=False)
        self.is_empty = False
