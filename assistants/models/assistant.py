"""What you can talk to: an assistant, and the immutable versions of its secret prompt and settings."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.validators import BaseValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assistants.words import searchable
from gptlab.fields import EncryptedTextField

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford base32: no I, L, O, U
CODE_LENGTH = 20  # 100 bits
STARTERS_MOST = 4
TOKENS_LEAST, TOKENS_MOST = 16, 1_000_000  # of a reply; a model may take less


def _between(least: float, most: float) -> list[BaseValidator]:
    return [MinValueValidator(least), MaxValueValidator(most)]


def new_code() -> str:
    return "".join(secrets.choice(CODE_ALPHABET) for _i in range(CODE_LENGTH))


IN_COMMUNITY = Q(visibility="listed", is_active=True, showcased=False)  # what the indexes below are made for


def _in_community(*fields: str, name: str) -> models.Index:
    return models.Index(fields=[*fields, "-id"], condition=IN_COMMUNITY, name=name)


class AssistantQuerySet(models.QuerySet["Assistant"]):
    def in_use(self) -> "AssistantQuerySet":
        rows = self.filter(is_active=True, active_version__isnull=False)
        return rows.exclude(standing=Assistant.Standing.SUSPENDED)

    def with_version(self) -> "AssistantQuerySet":
        """With the active version, but not its prompts: those are opened only where they go upstream or are edited."""
        rows = self.select_related("active_version")
        return rows.defer("active_version__initial_prompt", "active_version__summary_prompt")

    def showcased(self) -> "AssistantQuerySet":
        return self.in_use().filter(showcased=True, visibility=Assistant.Visibility.LISTED, standing=Assistant.Standing.FREE)

    def community(self) -> "AssistantQuerySet":
        return self.in_use().filter(IN_COMMUNITY, standing=Assistant.Standing.FREE)

    def saying(self, pieces: list[str]) -> "AssistantQuerySet":
        """Those with all of these pieces (`words.pieces`) in what visitors see of them."""
        rows = self
        for piece in pieces:
            rows = rows.filter(search_text__contains=piece)
        return rows

    def made_by(self, user: "User | AnonymousUser") -> "AssistantQuerySet":
        return self.filter(creator_id=user.pk) if user.pk else self.none()  # no creator: the house's, not a stranger's

    def open_to(self, user: "User | AnonymousUser | None") -> "AssistantQuerySet":
        """Those that `user` may meet by code: listed and unlisted ones, and their own private ones."""
        public = self.exclude(visibility=Assistant.Visibility.PRIVATE)
        return public | self.made_by(user) if user else public


class Assistant(models.Model):
    """A name on a shelf. What it is told stands in its versions."""

    class SessionType(models.TextChoices):
        BRAINSTORMING = "brainstorming", _("Brainstorming")
        COACHING = "coaching", _("Coaching")

    class Visibility(models.TextChoices):
        PRIVATE = "private", _("Private")
        UNLISTED = "unlisted", _("Unlisted")
        LISTED = "listed", _("Listed")

    class Standing(models.TextChoices):
        """What the moderators let it be, whatever its maker wants: see `assistants/moderation/`."""

        FREE = "free", _("Free")
        HELD = "held", _("Held back")  # not in the Lounge until somebody has looked
        UNLISTED = "unlisted", _("Out of the Lounge")
        SUSPENDED = "suspended", _("Suspended")  # no new chats, and nothing more said in those that run

    class Category(models.TextChoices):
        LEARNING = "learning", _("Learning")
        WRITING = "writing", _("Writing")
        WORK = "work", _("Work")
        DATA = "data", _("Data")
        EVERYDAY = "everyday", _("Everyday")
        IDEAS = "ideas", _("Ideas")
        PLAY = "play", _("Play")

    class AvatarStyle(models.TextChoices):
        BLOCKS = "blocks", _("Blocks")
        CRITTERS = "critters", _("Critters")
        SPROUTS = "sprouts", _("Sprouts")

    code = models.CharField(max_length=CODE_LENGTH, unique=True, default=new_code, editable=False)
    creator = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="assistants"
    )  # null: the house's own, or of somebody who is gone
    is_house = models.BooleanField(_("from the house"), default=False, editable=False)
    name = models.CharField(max_length=30)
    tagline = models.CharField(max_length=25)
    description = models.CharField(max_length=250)
    category = models.CharField(max_length=16, choices=Category, default=Category.EVERYDAY)
    tags = models.JSONField(default=list, blank=True)
    starters = models.JSONField(default=list, blank=True)  # up to STARTERS_MOST first messages
    session_type = models.CharField(max_length=16, choices=SessionType, default=SessionType.BRAINSTORMING)
    visibility = models.CharField(max_length=16, choices=Visibility, default=Visibility.PRIVATE)
    avatar_style = models.CharField(max_length=16, choices=AvatarStyle, default=AvatarStyle.BLOCKS)
    showcased = models.BooleanField(default=False)
    standing = models.CharField(max_length=16, choices=Standing, default=Standing.FREE, editable=False)
    risk = models.PositiveIntegerField(default=0, editable=False)  # orders the moderators' queue; 0: nothing to look at
    is_active = models.BooleanField(default=True)
    active_version = models.ForeignKey("Version", null=True, blank=True, on_delete=models.RESTRICT, related_name="+")
    showcase_key = models.SlugField(unique=True, null=True, blank=True)  # the file in showcase/ that it came from
    search_text = models.TextField(editable=False, default="")  # what visitors see of it, folded: see save()
    people = models.PositiveIntegerField(default=0, editable=False)  # who talked with it of late; this and the next by `chats`
    raters = models.PositiveIntegerField(default=0, editable=False)  # who said whether a chat was worth their time
    likers = models.PositiveIntegerField(default=0, editable=False)  # who said that one was
    liking = models.FloatField(default=0.0, editable=False)  # the share of likers that is sure, however few they are
    created_at = models.DateTimeField()

    objects = AssistantQuerySet.as_manager()

    class Meta:
        verbose_name = _("assistant")
        verbose_name_plural = _("assistants")
        permissions = [("read_prompt", _("Can read secret prompts; each reading is noted in the audit log"))]
        indexes = [
            _in_community("-people", name="community_popular"),
            _in_community("-liking", name="community_liked"),
            _in_community("-created_at", name="community_new"),
            _in_community("category", "-people", name="community_category_popular"),
            _in_community("category", "-liking", name="community_category_liked"),
            _in_community("category", "-created_at", name="community_category_new"),
            models.Index(fields=["active_version"], condition=Q(showcased=True), name="showcased_assistants"),
            models.Index(fields=["-risk"], condition=Q(risk__gt=0), name="assistants_at_risk"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search_text = searchable([self.name, self.tagline, self.description, *map(str, self.tags)])
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "search_text"}
        super().save(*args, **kwargs)

    def add_version(self, *, now: datetime, **told: Any) -> "Version":
        """The next version, with which new chats begin from now on."""
        return self.number(Version(assistant=self, **told), now=now)

    def number(self, version: "Version", *, now: datetime) -> "Version":
        """Makes of a version without a number the next one: its number is all that it lacked."""
        last = self.versions.aggregate(number=models.Max("number"))["number"] or 0
        version.number, version.created_at = last + 1, now
        version.save()
        Assistant.objects.filter(pk=self.pk).update(active_version=version)
        self.active_version = version
        return version


class Version(models.Model):
    """What an assistant was told from one publication to the next. Never changed: a chat stays on the version it began with.

    Without a number it is what a draft said when it was tried. Publishing just that gives it its number.
    """

    class Openness(models.TextChoices):
        SECRET = "secret", _("Secret, guarded")
        PUBLIC = "public", _("Not guarded")
        CLONABLE = "clonable", _("Free to clone")  # by whoever may meet it, with its prompt, which is public then

    assistant = models.ForeignKey(Assistant, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(null=True)
    initial_prompt = EncryptedTextField()
    summary_prompt = EncryptedTextField(blank=True)
    model = models.CharField(max_length=128)
    max_tokens = models.PositiveIntegerField(default=250, validators=_between(TOKENS_LEAST, TOKENS_MOST))
    temperature = models.FloatField(default=0.7, validators=_between(0, 2))
    top_p = models.FloatField(default=1.0, validators=_between(0, 1))
    frequency_penalty = models.FloatField(default=0.0, validators=_between(-2, 2))
    presence_penalty = models.FloatField(default=0.0, validators=_between(-2, 2))
    personality = models.CharField(max_length=16, default="custom")
    openness = models.CharField(max_length=16, choices=Openness, default=Openness.SECRET)  # of these prompts, not of later ones
    note = models.CharField(max_length=250, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        constraints = [models.UniqueConstraint(fields=["assistant", "number"], name="one_version_per_number")]

    def __str__(self) -> str:
        return f"{self.assistant} v{self.number}"

    @property
    def is_secret(self) -> bool:
        return self.openness == self.Openness.SECRET

    def says(self, told: Mapping[str, Any]) -> bool:
        """Whether the model is told just this. `told` are fields."""
        return all(getattr(self, name) == value for name, value in told.items())
