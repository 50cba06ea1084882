"""Staff's view of the assistants: what is shown where. Prompts are secret from staff as well: no page here loads one."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assistants.models import Assistant, Report, Version

if TYPE_CHECKING:
    _AssistantAdmin = admin.ModelAdmin[Assistant]
    _ReportAdmin = admin.ModelAdmin[Report]
    _VersionInline = admin.TabularInline[Version, Assistant]
else:
    _AssistantAdmin, _ReportAdmin, _VersionInline = admin.ModelAdmin, admin.ModelAdmin, admin.TabularInline


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


class IsOpen(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "open"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("Closed")), ("all", _("All"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Report]) -> QuerySet[Report]:
        return queryset if self.value() == "all" else queryset.filter(closed_at__isnull=self.value() != "no")

    def choices(self, changelist: Any) -> Any:
        """What goes without saying is the queue: the open ones."""
        everything, *others = super().choices(changelist)
        return [everything | {"display": _("Open")}, *others]


@admin.register(Report)
class ReportAdmin(_ReportAdmin):
    """The queue: what most people find something wrong with comes first. Who reported is not shown."""

    list_display = ("assistant", "reason", "so_many", "created_at", "closed_at")
    list_filter = (IsOpen, "reason")
    list_select_related = ("assistant",)
    fields = readonly_fields = ("assistant", "reason", "words", "created_at", "closed_at")
    actions = ("close",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Report]:
        open_reports = Count("assistant__reports", filter=Q(assistant__reports__closed_at=None))
        return super().get_queryset(request).annotate(open_reports=open_reports).order_by("-open_reports", "-created_at")

    @admin.display(description=_("open reports"), ordering="open_reports")
    def so_many(self, report: Any) -> int:
        return int(report.open_reports)

    @admin.action(description=_("Close: nothing more to do"), permissions=["change"])
    def close(self, request: HttpRequest, reports: QuerySet[Report]) -> None:
        ids = list(reports.values_list("pk", flat=True))  # what is annotated can't be updated
        closed = Report.objects.filter(pk__in=ids, closed_at=None).update(closed_at=timezone.now())
        self.message_user(request, _("%(count)d closed.") % {"count": closed})

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
