"""What people reported, the assistants with most open reports first. Who reported is not shown."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.models import User
from assistants import moderation
from assistants.admin.open_ones import OpenOnes
from assistants.models import Report
from gptlab.listed_filters import ListedFilters

if TYPE_CHECKING:
    _ReportAdmin = admin.ModelAdmin[Report]
else:
    _ReportAdmin = admin.ModelAdmin


class IsOpen(OpenOnes):
    ended_at, ended = "closed_at", _("Closed")


@admin.register(Report)
class ReportAdmin(ListedFilters, _ReportAdmin):
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
        rows = list(reports.values_list("pk", "assistant_id"))  # what is annotated can't be updated
        closed = Report.objects.filter(pk__in=[pk for pk, _assistant in rows], closed_at=None).update(closed_at=timezone.now())
        by = request.user if isinstance(request.user, User) else None
        audit.record("closed reports", by=by, now=timezone.now(), subject=str(closed))
        moderation.weigh(assistant for _pk, assistant in rows)
        self.message_user(request, _("%(count)d closed.") % {"count": closed})

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
