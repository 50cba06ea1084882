"""What belongs to an assistant, on its page: to read."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from gptlab.reading_only import ReadingOnly


class Inline(ReadingOnly, admin.TabularInline):  # type: ignore[type-arg]  # of several models
    """Who sees the assistant sees it."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("assistants.view_assistant")
