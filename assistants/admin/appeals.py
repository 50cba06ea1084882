"""What makers say against decisions, and the answer: granted or denied, with words that the maker reads."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from assistants import moderation
from assistants.admin.open_ones import OpenOnes
from assistants.models import Appeal
from gptlab.errors import Conflict
from gptlab.listed_filters import ListedFilters

if TYPE_CHECKING:
    _AppealAdmin = admin.ModelAdmin[Appeal]
    _ModelForm = forms.ModelForm[Appeal]
else:
    _AppealAdmin, _ModelForm = admin.ModelAdmin, forms.ModelForm
ASKED = ("what", "by_whom", "why", "words", "made_at")


class AnswerForm(_ModelForm):
    answer = forms.CharField(
        label=gettext_lazy("Answer"),
        max_length=moderation.REASON_MOST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Its maker reads this. Granted, the decision is undone."),
    )

    class Meta:
        model = Appeal
        fields = ("answer",)


class IsOpen(OpenOnes):
    ended_at, ended = "answered_at", gettext_lazy("Answered")


@admin.register(Appeal)
class AppealAdmin(ListedFilters, _AppealAdmin):
    form = AnswerForm
    list_display = ("what", "made_at", "granted", "answered_at")
    list_filter = (IsOpen,)
    list_select_related = ("decision__assistant", "decision__creator")
    ordering = ("-made_at",)
    change_form_template = "admin/assistants/appeal.html"

    def get_fields(self, request: HttpRequest, obj: Appeal | None = None) -> Any:
        return (*ASKED, "answer") if _is_open(obj) else (*ASKED, "granted", "answer", "answered_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Appeal | None = None) -> Any:
        return ASKED if _is_open(obj) else (*ASKED, "granted", "answer", "answered_at")

    @admin.display(description=gettext_lazy("against"))
    def what(self, appeal: Appeal) -> str:
        return str(appeal.decision)

    @admin.display(description=gettext_lazy("decided by"))
    def by_whom(self, appeal: Appeal) -> str:
        return appeal.decision.by or _("the automatic checks")

    @admin.display(description=gettext_lazy("reason given"))
    def why(self, appeal: Appeal) -> str:
        return appeal.decision.reason

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Appeal, form: Any, change: bool) -> None:
        by, granted = request.user, "_grant" in request.POST
        if not granted and "_deny" not in request.POST:
            messages.warning(request, _("Say whether it is granted or denied, with one of the two buttons."))
            return
        assert isinstance(by, User)
        try:
            is_undone = moderation.answer(obj.pk, granted=granted, words=obj.answer, by=by, now=timezone.now())
        except Conflict as error:
            messages.warning(request, str(error))
            return
        if granted and not is_undone:
            messages.warning(request, _("Granted. Something else was decided since, or its maker is banned: that stands."))
        else:
            messages.success(request, _("Granted: the decision is undone.") if granted else _("Denied: the decision stands."))

    def response_change(self, request: HttpRequest, obj: Appeal) -> HttpResponse:
        return redirect("admin:assistants_appeal_changelist")


def _is_open(appeal: Appeal | None) -> bool:
    return appeal is not None and appeal.granted is None
