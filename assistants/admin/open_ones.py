"""Lists that begin with what is open: the rest is a choice away."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class OpenOnes(admin.SimpleListFilter):
    """`ended_at` is the field that says when; `ended` what the others are called."""

    title = _("state")
    parameter_name = "open"
    ended_at: str
    ended: Promise

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", self.ended), ("all", _("All"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> QuerySet[Model]:
        if self.value() == "all":
            return queryset
        return queryset.filter(**{f"{self.ended_at}__isnull": self.value() != "no"})

    def choices(self, changelist: Any) -> Any:
        """What goes without saying are the open ones."""
        everything, *others = super().choices(changelist)
        return [everything | {"display": _("Open")}, *others]
