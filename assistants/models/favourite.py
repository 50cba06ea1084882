"""What a visitor marked to find it again."""

from django.conf import settings
from django.db import models

from assistants.models.assistant import Assistant


class Favourite(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="favourites")
    assistant = models.ForeignKey(Assistant, on_delete=models.CASCADE, related_name="favourites")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "assistant"], name="one_favourite_per_user_and_assistant")]

    def __str__(self) -> str:
        return str(self.pk)
