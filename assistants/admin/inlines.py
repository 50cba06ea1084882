"""What belongs to an assistant, on its page: to read, for who may see rows of that kind."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from gptlab.reading_only import ReadingOnly


class Inline(ReadingOnly, admin.TabularInline):  # type: ignore[type-arg]  # of several models
    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("assistant")  # each row says its own
