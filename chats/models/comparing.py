"""Two versions of an assistant beside each other: the messages that its maker tries them with, and which one answered better."""

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assistants.models import Assistant, Version
from chats.models.talk import ChatSession

if TYPE_CHECKING:
    from accounts.models import User

SAVED_MOST = 20


class SavedMessageQuerySet(models.QuerySet["SavedMessage"]):
    def owned_by(self, user: "User", assistant: Assistant) -> "SavedMessageQuerySet":
        """In the order in which they were written."""
        return self.filter(user=user, assistant=assistant).order_by("created_at", "slot")


class SavedMessage(models.Model):
    """What the maker says to an assistant to try it, sealed as what is said in a chat."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    assistant = models.ForeignKey(Assistant, on_delete=models.CASCADE, related_name="saved_messages")
    slot = models.PositiveSmallIntegerField()  # one of SAVED_MOST: so that the database holds the limit
    sealed_text = models.TextField()
    created_at = models.DateTimeField()

    objects = SavedMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved message")
        verbose_name_plural = _("saved messages")
        constraints = [
            models.UniqueConstraint(fields=["assistant", "slot"], name="one_saved_message_per_slot"),
            models.CheckConstraint(condition=Q(slot__gte=1, slot__lte=SAVED_MOST), name="saved_messages_are_few"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class ComparisonQuerySet(models.QuerySet["Comparison"]):
    def of(self, assistant: Assistant) -> "ComparisonQuerySet":
        return self.filter(first__assistant=assistant)


class Comparison(models.Model):
    """One message said to two versions. `first` is the older row of the two, wherever it stands on the page.

    It stays for the tally when its message is changed or its replies are gone.
    """

    class Verdict(models.TextChoices):
        FIRST = "first", _("The first is better")
        EQUAL = "equal", _("Equal")
        SECOND = "second", _("The second is better")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    message = models.ForeignKey(SavedMessage, on_delete=models.SET_NULL, null=True, related_name="comparisons")
    first = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="+")
    first_session = models.OneToOneField(ChatSession, on_delete=models.SET_NULL, null=True, related_name="+")
    second_session = models.OneToOneField(ChatSession, on_delete=models.SET_NULL, null=True, related_name="+")
    is_blind = models.BooleanField(default=False)  # the sides have no names until one is marked
    is_turned = models.BooleanField(default=False)  # blind: the second stands on the left
    verdict = models.CharField(max_length=6, choices=Verdict, blank=True)
    created_at = models.DateTimeField()

    objects = ComparisonQuerySet.as_manager()

    class Meta:
        verbose_name = _("comparison")
        verbose_name_plural = _("comparisons")
        constraints = [
            models.UniqueConstraint(fields=["message", "first", "second"], name="one_comparison_per_message_and_pair"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="a_pair_has_one_order"),
            models.CheckConstraint(condition=Q(verdict__in=["", "first", "equal", "second"]), name="a_verdict_is_one_of_three"),
        ]

    def __str__(self) -> str:
        return str(self.id)
