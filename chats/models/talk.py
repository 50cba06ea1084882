"""The talking: sessions, turns and replies. Texts are tokens under keys that only the visitor's data key derives."""

import uuid
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Count, IntegerField, OuterRef, Q, Subquery
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from assistants.models import Assistant, Version

if TYPE_CHECKING:
    from accounts.models import User


class ChatSessionQuerySet(models.QuerySet["ChatSession"]):
    def owned_by(self, user: "User") -> "ChatSessionQuerySet":
        return self.filter(user=user)

    def listed(self) -> "ChatSessionQuerySet":
        """Without trials: these are seen in the Lab."""
        return self.filter(is_trial=False)

    def with_setting(self) -> "ChatSessionQuerySet":
        """With assistant and version, but not the version's prompts: those are opened in workers only."""
        return self.select_related("assistant", "version").defer("version__initial_prompt", "version__summary_prompt")

    def with_message_count(self) -> "ChatSessionQuerySet":
        """Each with its `message_count`, of both sides: what is still being written counts, what came to nothing does not."""
        return self.annotate(message_count=_messages())

    def with_more_messages_than(self, most: int) -> "ChatSessionQuerySet":
        return self.annotate(message_count=_messages()).filter(message_count__gt=most)


def _messages() -> CombinedExpression:
    return _count_of(_said()) + _count_of(_answered())


def _said() -> "models.QuerySet[Turn]":
    return Turn.objects.filter(superseded=False, sealed_text__isnull=False)


def _answered() -> "models.QuerySet[Reply]":
    return Reply.objects.filter(chosen=True, turn__superseded=False).exclude(~Q(state__in=LIVE_STATES), sealed_text="")


def _count_of(rows: "models.QuerySet[Any]") -> Coalesce:
    """How many of the rows belong to the session that is asked for."""
    counted = rows.filter(session=OuterRef("pk")).order_by().values("session").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


class ChatSession(models.Model):
    class Status(models.TextChoices):
        STARTED = "started", _("Started")
        COMPLETED = "completed", _("Completed")
        USER_ABANDONED = "user_abandoned", _("Left")
        SYSTEM_ABANDONED = "system_abandoned", _("Closed")
        UPSTREAM_FAILED = "upstream_failed", _("Failed")

    class Recap(models.TextChoices):
        PENDING = "pending", _("Being written")
        DONE = "done", _("Written")
        FAILED = "failed", _("Failed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="chat_sessions")
    assistant = models.ForeignKey(Assistant, on_delete=models.PROTECT, related_name="chat_sessions")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    is_trial = models.BooleanField(default=False)  # by its maker: neither counted nor listed
    is_compared = models.BooleanField(default=False)  # one side of a comparison: a trial that is shown beside another one
    model_override = models.CharField(max_length=200, blank=True)
    client_id = models.UUIDField(null=True, blank=True)  # idempotency: the same form sent twice is one session
    forked_from = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="forks")
    status = models.CharField(max_length=20, choices=Status, default=Status.STARTED)
    sealed_title = models.TextField(blank=True)
    title_asked_at = models.DateTimeField(null=True, blank=True)  # once: who renames a chat is not overruled
    sealed_recap = models.TextField(blank=True)
    recap_state = models.CharField(max_length=8, choices=Recap, blank=True)
    recap_model = models.CharField(max_length=200, blank=True)  # that the key may use; who concludes decides by whose key
    recap_asked_at = models.DateTimeField(null=True, blank=True)  # when it was concluded; names the job that may write it
    liked = models.BooleanField(null=True, blank=True)
    turn_count = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    last_turn_at = models.DateTimeField()

    objects = ChatSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("chat session")
        verbose_name_plural = _("chat sessions")
        permissions = [("view_statistics", _("Can see what goes on here in numbers"))]
        constraints = [
            models.UniqueConstraint(fields=["user", "client_id"], name="one_session_per_client_id"),
            models.CheckConstraint(condition=Q(is_compared=False) | Q(is_trial=True), name="what_is_compared_is_a_trial"),
        ]
        indexes = [models.Index(fields=["user", "-last_turn_at"], name="sessions_of_user")]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def is_open(self) -> bool:
        """Whether one can say something: a chat that was left alone goes on where it was, a concluded one when it is resumed."""
        return self.status != self.Status.COMPLETED

    def model_used_last(self) -> str:
        """By its newest reply; found by number and not by time: an index gives that, however long the chat is."""
        newest = Reply.objects.filter(turn__session=self).order_by("-turn__number", "-variant")
        return newest.values_list("model", flat=True).first() or self.model_override or self.version.model

    def count_messages(self) -> int:
        rows = ChatSession.objects.filter(pk=self.pk).annotate(message_count=_messages())
        return int(rows.values_list("message_count", flat=True)[0])

    def has_more_messages_than(self, most: int) -> bool:
        """Looks at no more than it takes: each page of a chat asks, however long the chat is."""
        return _said().filter(session=self)[: most + 1].count() + _answered().filter(session=self)[: most + 1].count() > most


class TurnQuerySet(models.QuerySet["Turn"]):
    def current(self) -> "TurnQuerySet":
        """Those that count: what an edit has replaced is kept, but neither shown nor sent to a model."""
        return self.filter(superseded=False)


class Turn(models.Model):
    """What the visitor said, numbered from 0 within the session. Turn 0 opens: without a text, the assistant speaks first."""

    session = models.ForeignKey(ChatSession, on_delete=models.CASCADE, related_name="turns")
    number = models.PositiveIntegerField()
    client_id = models.UUIDField(default=uuid.uuid4)  # idempotency: the same form sent twice is one turn
    sealed_text = models.TextField(null=True, blank=True)  # null where the assistant opens
    sealed_flags = models.TextField(blank=True)  # what the provider's moderation found in the text, one category a line
    superseded = models.BooleanField(default=False)  # by an edit, which is a turn of its own
    created_at = models.DateTimeField()

    objects = TurnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "number"], name="one_turn_per_number"),
            models.UniqueConstraint(fields=["session", "client_id"], name="one_turn_per_client_id"),
        ]

    def __str__(self) -> str:
        return f"{self.session_id} turn {self.number}"


class ReplyQuerySet(models.QuerySet["Reply"]):
    def owned_by(self, user: "User") -> "ReplyQuerySet":
        return self.filter(session__user=user)

    def live(self) -> "ReplyQuerySet":
        return self.filter(state__in=LIVE_STATES)


class Reply(models.Model):
    """What the assistant answered to a turn; each attempt is a variant of its own, and one of them is chosen."""

    class State(models.TextChoices):
        PENDING = "pending", _("Queued")
        RUNNING = "running", _("Writing")
        DONE = "done", _("Done")
        STOPPED = "stopped", _("Stopped")
        FAILED = "failed", _("Failed")
        INTERRUPTED = "interrupted", _("Interrupted")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(ChatSession, on_delete=models.CASCADE, related_name="replies", db_index=False)
    turn = models.ForeignKey(Turn, on_delete=models.CASCADE, related_name="replies")
    variant = models.PositiveIntegerField(default=1)
    client_id = models.UUIDField(null=True, blank=True)  # idempotency: the same form sent twice is one variant
    chosen = models.BooleanField(default=True)
    state = models.CharField(max_length=12, choices=State, default=State.PENDING)
    sealed_text = models.TextField(blank=True)
    fence = models.PositiveIntegerField(default=0)  # goes up with each claim: an older claimant can't write any more
    lease_until = models.DateTimeField(null=True, blank=True)  # on the database's clock
    sent_at = models.DateTimeField()  # when its task was last handed to the broker
    sent_count = models.PositiveIntegerField(default=0)
    stop_requested_at = models.DateTimeField(null=True, blank=True)
    model = models.CharField(max_length=200, blank=True)
    endpoint = models.CharField(max_length=32, blank=True)
    tokens_in = models.PositiveIntegerField(null=True, blank=True)
    tokens_out = models.PositiveIntegerField(null=True, blank=True)
    tokens_estimated = models.BooleanField(default=False)
    error_code = models.CharField(max_length=32, blank=True)
    too_long_size = models.PositiveIntegerField(null=True, blank=True)  # tokens of a message that the model has no room for,
    too_long_most = models.PositiveIntegerField(null=True, blank=True)  # and how many there was room for
    guard = models.CharField(max_length=24, blank=True)  # by what the leak guard stopped it; empty: it did not
    retry_at = models.DateTimeField(null=True, blank=True)  # before it the upstream asked us not to come again
    liked = models.BooleanField(null=True, blank=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    first_byte_at = models.DateTimeField(null=True, blank=True)  # of the upstream: from then on the visitor pays
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ReplyQuerySet.as_manager()

    class Meta:
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        constraints = [
            models.UniqueConstraint(fields=["turn", "variant"], name="one_reply_per_variant"),
            models.UniqueConstraint(fields=["session", "client_id"], name="one_reply_per_client_id"),
            models.UniqueConstraint(
                fields=["session"], condition=Q(state__in=["pending", "running"]), name="one_live_reply_per_session"
            ),
            models.UniqueConstraint(fields=["turn"], condition=Q(chosen=True), name="one_chosen_reply_per_turn"),
        ]
        indexes = [
            models.Index(fields=["session", "state"], name="replies_by_state"),  # is one live? SQLite does not use the constraint
            models.Index(fields=["lease_until"], condition=Q(state="running"), name="leases"),
            models.Index(fields=["sent_at"], condition=Q(state="pending"), name="unclaimed"),
            models.Index(fields=["created_at"], name="replies_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.id} ({self.state})"

    @property
    def is_live(self) -> bool:
        return self.state in LIVE_STATES


LIVE_STATES = (Reply.State.PENDING, Reply.State.RUNNING)
