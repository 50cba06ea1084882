"""What somebody should look at, the most urgent first."""

from collections import Counter
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assistants.admin.actions import ModerationActions
from assistants.admin.faces import Faces, with_numbers
from assistants.models import Assistant, Decision, QueuedAssistant, Report, Screening
from gptlab.listed_filters import ListedFilters

if TYPE_CHECKING:
    _QueueAdmin = admin.ModelAdmin[QueuedAssistant]
else:
    _QueueAdmin = admin.ModelAdmin


_APPEALED = Decision.objects.filter(appeal__isnull=False, appeal__granted=None)


@admin.register(QueuedAssistant)
class QueueAdmin(ListedFilters, ModerationActions, Faces, _QueueAdmin):
    """Assistants with open reports, with an open appeal, or held back by the checks."""

    list_display = ("face", "named", "why", "stands", "risk", "talks", "likes", "maker")
    list_display_links = None
    list_filter = ("standing", "category")
    search_fields = ("name", "tagline", "code__iexact", "creator__id__startswith")
    ordering = ("-risk", "name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        open_reports = Report.objects.filter(closed_at=None).defer("words")
        screenings = Screening.objects.order_by("-made_at")
        rows = super().get_queryset(request).filter(risk__gt=0)
        return (
            with_numbers(rows)
            .select_related("creator")
            .prefetch_related(
                Prefetch("reports", queryset=open_reports, to_attr="now_open"),
                Prefetch("screenings", queryset=screenings, to_attr="looks"),
                Prefetch("decisions", queryset=_APPEALED, to_attr="appealed"),
                Prefetch("creator__decisions", queryset=_APPEALED.filter(assistant=None), to_attr="bans_appealed"),
            )
        )

    @admin.display(description=gettext_lazy("assistant"), ordering="name")
    def named(self, assistant: Assistant) -> SafeString:
        address = reverse("admin:assistants_assistant_change", args=[assistant.pk])
        return format_html('<a href="{}"><bdi>{}</bdi></a><br><small>{}</small>', address, assistant.name, assistant.tagline)

    @admin.display(description=gettext_lazy("why"))
    def why(self, assistant: Any) -> SafeString:
        return format_html_join(mark_safe("<br>"), "{}", ((line,) for line in _why(assistant)))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("assistants.change_assistant")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("assistants.view_assistant")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, (extra_context or {}) | {"title": _("What to look at")})

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("admin:assistants_assistant_change", object_id)


def _why(assistant: Any) -> list[str]:
    lines = []
    for reason, count in Counter(report.get_reason_display() for report in assistant.now_open).most_common():
        lines.append(f"{reason} × {count}" if count > 1 else str(reason))
    if assistant.standing == Assistant.Standing.HELD and assistant.looks:
        found = assistant.looks[0]
        if found.words_found:
            words = ngettext("%(count)d word of the list", "%(count)d words of the list", found.words_found)
            lines.append(words % {"count": found.words_found})
        lines.extend(found.categories)
        if found.maker_is_watched:
            lines.append(_("its maker has a suspended one"))
    if not lines and not assistant.appealed and assistant.showcased:
        lines.append(_("changed on the showcase"))
    if assistant.appealed:
        lines.append(_("an appeal"))
    if assistant.creator is not None and assistant.creator.bans_appealed:
        lines.append(_("an appeal against a ban"))
    return lines
