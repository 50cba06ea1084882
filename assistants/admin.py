"""Staff's view of the assistants: what is shown where. Prompts are secret from staff as well: no page here loads one."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from assistants.models import Assistant, Version

if TYPE_CHECKING:
    _AssistantAdmin = admin.ModelAdmin[Assistant]
    _VersionInline = admin.TabularInline[Version, Assistant]
else:
    _AssistantAdmin, _VersionInline = admin.ModelAdmin, admin.TabularInline


class VersionInline(_VersionInline):
    model = Version
    fields = readonly_fields = (
        "number", "model", "max_tokens", "temperature", "top_p", "frequency_penalty", "presence_penalty", "note", "created_at"
    )  # fmt: skip
    ordering = ("-number",)
    can_delete = False
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Version]:
        return super().get_queryset(request).filter(number__isnull=False).defer("initial_prompt", "summary_prompt")


@admin.register(Assistant)
class AssistantAdmin(_AssistantAdmin):
    list_display = ("name", "code", "category", "session_type", "visibility", "showcased", "is_active", "flagged")
    list_filter = ("visibility", "showcased", "is_active", "session_type", "category")
    search_fields = ("name", "tagline", "code")
    ordering = ("name",)
    fields = (
        "name", "tagline", "description", "category", "tags", "starters", "session_type",
        "visibility", "showcased", "is_active", "code", "showcase_key", "creator", "created_at",
    )  # fmt: skip
    readonly_fields = ("code", "showcase_key", "creator", "created_at")
    inlines = (VersionInline,)
    actions = ("showcase", "unshowcase")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Assistant]:
        return super().get_queryset(request).annotate(flagged=Coalesce(Sum("days__flagged"), 0))

    @admin.display(description=_("flagged messages"), ordering="flagged")
    def flagged(self, assistant: Any) -> int:
        """How many messages to it the providers' moderation found something in: a number, and no text."""
        return int(assistant.flagged)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # assistants are made in the lab, or come from the showcase files

    @admin.action(description=_("Put on the showcase"), permissions=["change"])
    def showcase(self, request: HttpRequest, assistants: QuerySet[Assistant]) -> None:
        """Only listed ones: showing what its maker keeps unlisted or private is not staff's to decide."""
        shown = assistants.filter(visibility=Assistant.Visibility.LISTED).update(showcased=True)
        self.message_user(request, _("%(count)d showcased. Only listed assistants can be.") % {"count": shown})

    @admin.action(description=_("Take off the showcase"), permissions=["change"])
    def unshowcase(self, request: HttpRequest, assistants: QuerySet[Assistant]) -> None:
        taken = assistants.update(showcased=False)
        self.message_user(request, _("%(count)d taken off the showcase.") % {"count": taken})
