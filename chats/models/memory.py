"""What a session's model still knows: how full its memory is, and the notes that stand for what fell out of it."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from chats.models.talk import ChatSession


class Memory(models.Model):
    """How full a session's context is, in tokens: written by workers, which can count, read by pages, which can't."""

    session = models.OneToOneField(ChatSession, primary_key=True, on_delete=models.CASCADE, related_name="memory")
    tokens = models.PositiveIntegerField()  # what the next request takes without the next message
    prompt_tokens = models.PositiveIntegerField()  # of these, what stands before notes and all that was said
    budget = models.PositiveIntegerField()  # what all of it may take: the window without the room for the reply
    since = models.PositiveIntegerField(null=True)  # number of the oldest turn that the model has seen last
    begins = models.PositiveIntegerField(null=True)  # with more tokens than these it is condensed; null: never
    quiet_until = models.PositiveIntegerField(default=0)  # number of the turn before which nothing is condensed
    failures = models.PositiveSmallIntegerField(default=0)  # in a row
    digest_job = models.UUIDField(null=True)  # that is to condense, or under another id the worker that does
    digest_asked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("memory")
        verbose_name_plural = _("memories")

    def __str__(self) -> str:
        return f"{self.session_id}: {self.tokens} of {self.budget} tokens"

    @property
    def percent(self) -> int:
        """Of the room that there is; 100 where it ran over."""
        return min(100, -(-100 * self.tokens // max(1, self.budget)))


class Digest(models.Model):
    """Notes that stand, for the model, in place of a session's turns up to a number. The turns themselves stay as they are.

    One for each session: whoever condenses beside somebody else comes second, and loses.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(ChatSession, on_delete=models.CASCADE, related_name="digests")
    covers_to = models.PositiveIntegerField()
    sealed_summary = models.TextField()
    active = models.BooleanField(default=True)  # False: set aside by the visitor, the full turns are used
    edited = models.BooleanField(default=False)
    # Set aside since other replies are chosen than it was made of: turn number → id of the reply that it was made of.
    doubts = models.JSONField(default=dict)
    tokens_before = models.PositiveIntegerField()
    tokens_after = models.PositiveIntegerField()
    model = models.CharField(max_length=200)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("digest")
        verbose_name_plural = _("digests")
        constraints = [models.UniqueConstraint(fields=["session"], name="one_digest_per_session")]

    def __str__(self) -> str:
        return f"{self.session_id} up to turn {self.covers_to}"
