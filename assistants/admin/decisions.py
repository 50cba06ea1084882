"""What was decided, by whom and why: to read."""

from typing import TYPE_CHECKING

from django.contrib import admin

from assistants.models import Decision
from gptlab.listed_filters import ListedFilters
from gptlab.reading_only import ReadingOnly

if TYPE_CHECKING:
    _DecisionAdmin = admin.ModelAdmin[Decision]
else:
    _DecisionAdmin = admin.ModelAdmin


@admin.register(Decision)
class DecisionAdmin(ListedFilters, ReadingOnly, _DecisionAdmin):
    list_display = ("made_at", "action", "assistant", "creator", "by", "reason")
    list_filter = ("action", "by")
    list_select_related = ("assistant", "creator")
    search_fields = ("assistant__name", "assistant__code__iexact", "creator__id__startswith")
    fields = readonly_fields = ("assistant", "creator", "action", "reason", "by", "made_at", "part_of")
    ordering = ("-made_at",)
