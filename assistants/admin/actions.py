"""What moderators decide, on one or many: a page that says what is meant and asks for the reason, then the decision."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from assistants import moderation
from assistants.models import Assistant, Decision
from gptlab.errors import Invalid
from gptlab.http import marked

Action = Decision.Action
WORDS = {
    Action.APPROVED: (gettext_lazy("Approve"), gettext_lazy("Open reports are closed, and what the checks held back is let go.")),
    Action.SHOWCASED: (gettext_lazy("Put on the showcase"), gettext_lazy("Only listed ones that are free go there.")),
    Action.UNSHOWCASED: (gettext_lazy("Take off the showcase"), gettext_lazy("They stay in the community.")),
    Action.UNLISTED: (
        gettext_lazy("Take out of the Lounge"),
        gettext_lazy("Who has the link or the code can still use them. Open reports are closed."),
    ),
    Action.SUSPENDED: (
        gettext_lazy("Suspend"),
        gettext_lazy("Nothing more can be said to them. Chats that were had stay readable. Open reports are closed."),
    ),
    Action.RESTORED: (gettext_lazy("Restore"), gettext_lazy("They are again what their makers made them.")),
    Action.BANNED: (
        gettext_lazy("Ban their makers from sharing"),
        gettext_lazy(
            "All that the makers share is suspended, and they can publish for themselves only. They can chat and appeal."
        ),
    ),
    Action.UNBANNED: (
        gettext_lazy("Let their makers share again"),
        gettext_lazy("What was suspended by the ban is restored; what was suspended otherwise is not."),
    ),
}


class ModerationActions:
    """Before ModelAdmin of assistants."""

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        if not request.user.has_perm("assistants.change_assistant"):
            return {}
        return {action.value: (_act(action), action.value, WORDS[action][0]) for action in moderation.ACTIONS}


def _act(action: Action) -> Callable[..., HttpResponse | None]:
    def act(model_admin: Any, request: HttpRequest, rows: QuerySet[Assistant]) -> HttpResponse | None:
        return _decide(model_admin, request, rows, action)

    return act


def _decide(model_admin: Any, request: HttpRequest, rows: QuerySet[Assistant], action: Action) -> HttpResponse | None:
    ids = list(rows.values_list("pk", flat=True))
    if "confirmed" not in request.POST:
        return _ask(model_admin, request, ids, action)
    reason = request.POST.get("reason", "")
    by = request.user
    assert isinstance(by, User)
    try:
        decided = moderation.decide(ids, action=action, reason=reason, by=by, now=timezone.now())
    except Invalid as error:
        return marked(_ask(model_admin, request, ids, action, reason=reason, error=str(error)), error)
    _say(request, decided)
    return None


def _say(request: HttpRequest, decided: moderation.Decided) -> None:
    if decided.made:
        message = ngettext("%(count)d decision was made.", "%(count)d decisions were made.", decided.made)
        messages.success(request, message % {"count": decided.made})
    if decided.passed_over:
        message = ngettext(
            "For %(count)d there was nothing to decide: it is so already, or can’t be.",
            "For %(count)d there was nothing to decide: they are so already, or can’t be.",
            decided.passed_over,
        )
        messages.warning(request, message % {"count": decided.passed_over})


def _ask(
    model_admin: Any, request: HttpRequest, ids: list[int], action: Action, *, reason: str = "", error: str = ""
) -> HttpResponse:
    title, words = WORDS[action]
    context = {
        **admin.site.each_context(request),
        "opts": model_admin.model._meta,
        "title": title,
        "words": words,
        "action": action.value,
        "assistants": Assistant.objects.filter(pk__in=ids).order_by("name"),
        "needs_reason": action in moderation.REASONED,
        "about_makers": action in (Action.BANNED, Action.UNBANNED),
        "most": moderation.REASON_MOST,
        "reason": reason,
        "error": error,
        "checkbox": ACTION_CHECKBOX_NAME,
        "subtitle": _("%(count)d chosen") % {"count": len(ids)},
    }
    return render(request, "admin/assistants/decide.html", context)
