"""All assistants: search, filters, decisions on many; and each with its versions, reports and decisions."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from assistants import codes, moderation
from assistants.admin.actions import WORDS, ModerationActions, decide
from assistants.admin.faces import Faces, with_numbers
from assistants.admin.inlines import Inline
from assistants.models import Assistant, Decision, Report, Screening, Version
from gptlab.listed_filters import ListedFilters

if TYPE_CHECKING:
    _AssistantAdmin = admin.ModelAdmin[Assistant]
else:
    _AssistantAdmin = admin.ModelAdmin
TEXTS = ("name", "tagline", "description", "category", "tags", "starters", "session_type")
OF_THE_HOUSE = ("visibility", "is_active")
ALWAYS_READ = ("code", "stands", "showcased", "risk", "showcase_key", "maker_mark", "created_at")


class VersionInline(Inline):
    model = Version
    fields = readonly_fields = (
        "number", "model", "max_tokens", "temperature", "top_p", "frequency_penalty", "presence_penalty", "note", "created_at"
    )  # fmt: skip
    ordering = ("-number",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Version]:
        return super().get_queryset(request).filter(number__isnull=False).defer("initial_prompt", "summary_prompt")


class ReportInline(Inline):
    model = Report
    fields = readonly_fields = ("reason", "words", "created_at", "closed_at")
    ordering = ("-created_at",)


class DecisionInline(Inline):
    model = Decision
    fields = readonly_fields = ("action", "reason", "by", "made_at")
    ordering = ("-made_at",)


class ScreeningInline(Inline):
    model = Screening
    fields = readonly_fields = ("words_found", "categories", "maker_is_watched", "was_moderated", "made_at")
    ordering = ("-made_at",)


@admin.register(Assistant)
class AssistantAdmin(ListedFilters, ModerationActions, Faces, _AssistantAdmin):
    """Texts are their makers', or come from files. Here is said where the house's own are seen; of others, decisions are made."""

    list_display = (
        "face", "name", "stands", "visibility", "showcased", "reported", "talks", "likes", "flagged", "category", "code", "maker",
    )  # fmt: skip
    list_display_links = ("name",)
    list_filter = ("standing", "visibility", "showcased", "is_active", "session_type", "category")
    search_fields = ("name", "tagline", "code__iexact", "creator__id__startswith")
    search_help_text = _("Name, tagline, code, or the beginning of the maker’s id")
    ordering = ("name",)
    inlines = (ReportInline, DecisionInline, ScreeningInline, VersionInline)
    change_form_template = "admin/assistants/with_tools.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Assistant]:
        return with_numbers(super().get_queryset(request))

    def get_fields(self, request: HttpRequest, obj: Assistant | None = None) -> Any:
        return (*TEXTS, *OF_THE_HOUSE, *ALWAYS_READ)

    def get_readonly_fields(self, request: HttpRequest, obj: Assistant | None = None) -> Any:
        read = (*TEXTS, *ALWAYS_READ)
        return read if obj is not None and obj.is_house else (*read, *OF_THE_HOUSE)

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> tuple[QuerySet[Any], bool]:
        """A code is found as people pass it on, with dashes."""
        return super().get_search_results(request, queryset, codes.stored(search_term) or search_term)

    @admin.display(description=_("maker"))
    def maker_mark(self, assistant: Assistant) -> str:
        return self.maker(assistant)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # assistants are made in the lab, or come from the showcase files

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # chats with it stay readable

    def get_urls(self) -> list[URLPattern]:
        prompts = self.admin_site.admin_view(require_POST(self.prompts))
        ours = [
            path("decide/", self.admin_site.admin_view(decide), name="assistants_decide"),
            path("<int:pk>/prompts/", prompts, name="assistants_assistant_prompts"),
        ]
        return [*ours, *super().get_urls()]

    def prompts(self, request: HttpRequest, pk: int) -> HttpResponse:
        """By POST only: what reads leaves an entry, and no link or reload is to make one by accident."""
        by = request.user
        if not isinstance(by, User) or not by.has_perm("assistants.read_prompt"):
            raise PermissionDenied
        assistant = get_object_or_404(Assistant, pk=pk)
        versions = moderation.read_prompts(assistant, by=by, now=timezone.now())
        if not versions:
            messages.warning(request, _("It was never published: there is nothing that others are given."))
            return redirect("admin:assistants_assistant_change", pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "original": assistant,
            "title": _("Prompts of %(name)s") % {"name": assistant.name},
            "versions": versions,
        }
        return TemplateResponse(request, "admin/assistants/prompts.html", context, headers={"Cache-Control": "no-store"})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        assistant = Assistant.objects.filter(pk=object_id).first() if object_id.isdecimal() else None
        more = {
            "decisions": [(action.value, WORDS[action][0]) for action in moderation.open_for(assistant)] if assistant else [],
            "may_decide": request.user.has_perm("assistants.change_assistant"),
            "may_read_prompt": request.user.has_perm("assistants.read_prompt"),
        }
        return super().change_view(request, object_id, form_url, (extra_context or {}) | more)
