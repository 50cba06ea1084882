"""What is counted of an assistant, and how that is written down."""

from django.db import models
from django.db.models import F

from assistants.models.assistant import Assistant


class AssistantDay(models.Model):
    """Numbers of one assistant on one day (UTC), written by `chats`: counts, never texts."""

    assistant = models.ForeignKey(Assistant, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    sessions = models.PositiveIntegerField(default=0)
    replies = models.PositiveIntegerField(default=0)
    people = models.PositiveIntegerField(default=0)  # who said something, its maker aside; brought up to date now and then
    guard_blocks = models.PositiveIntegerField(default=0)  # replies that the leak guard stopped
    flagged = models.PositiveIntegerField(default=0)  # messages in which the provider's moderation found something

    class Meta:
        constraints = [models.UniqueConstraint(fields=["assistant", "day"], name="one_row_per_assistant_and_day")]

    def __str__(self) -> str:
        return f"{self.assistant} {self.day}"

    @classmethod
    def count(cls, *, assistant_id: int, day: object, **numbers: int) -> None:
        """Add to the day's numbers: `count(assistant_id=…, day=…, sessions=1)`."""
        cls.objects.get_or_create(assistant_id=assistant_id, day=day)
        cls.objects.filter(assistant_id=assistant_id, day=day).update(**{name: F(name) + n for name, n in numbers.items()})
