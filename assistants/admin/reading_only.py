"""Rows that the admin shows and does not change."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest


class ReadingOnly:
    """Before ModelAdmin or an inline."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class Inline(ReadingOnly, admin.TabularInline):  # type: ignore[type-arg]
    """Part of the page of what it belongs to: who sees that sees it."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("assistants.view_assistant")
