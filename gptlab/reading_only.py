"""Rows that the admin shows and does not change. Before ModelAdmin or an inline of it."""

from typing import Any

from django.http import HttpRequest


class ReadingOnly:
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
