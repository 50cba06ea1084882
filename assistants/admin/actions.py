"""What moderators decide, on one or many: a page that says what is meant and asks for the reason, then the decision."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from accounts.models import User
from assistants import moderation
from assistants.models import Assistant, Decision
from gptlab.errors import Invalid
from gptlab.http import marked
from gptlab.typed import whole_number

Action = Decision.Action
SHOWN_MOST = 50  # by name
WORDS = {
    Action.APPROVED: (
        gettext_lazy("Approve"),
        gettext_lazy("Open reports are closed, and what the checks held back is let go. What was decided stands."),
    ),
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

    list_per_page = 50

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        if not request.user.has_perm("assistants.change_assistant"):
            return {}
        return {action.value: (_act(action), action.value, WORDS[action][0]) for action in moderation.ACTIONS}


def _act(action: Action) -> Callable[..., HttpResponse]:
    def act(model_admin: Any, request: HttpRequest, rows: QuerySet[Assistant]) -> HttpResponse:
        ids = list(rows.values_list("pk", flat=True)[: moderation.AT_ONCE_MOST + 1])
        return _ask(request, ids, action, back=request.path)

    return act


@require_POST
def decide(request: HttpRequest) -> HttpResponse:
    """What was asked for on the page before: `ids` are one field, however many they are."""
    by, action = request.user, request.POST.get("action", "")
    if not isinstance(by, User) or not by.has_perm("assistants.change_assistant"):
        raise PermissionDenied
    ids = [number for part in request.POST.get("ids", "").split(",") if (number := whole_number(part)) is not None]
    back = reverse("admin:assistants_queuedassistant_changelist")
    if action not in moderation.ACTIONS or not ids:
        return redirect(back)
    chosen, reason = Action(action), request.POST.get("reason", "")
    try:
        decided = moderation.decide(ids, action=chosen, reason=reason, by=by, now=timezone.now())
    except Invalid as error:
        return marked(_ask(request, ids, chosen, back=back, reason=reason, error=str(error)), error)
    _say(request, decided)
    wish = request.POST.get("back", "")
    return redirect(wish if url_has_allowed_host_and_scheme(wish, allowed_hosts={request.get_host()}) else back)


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


def _ask(request: HttpRequest, ids: list[int], action: Action, *, back: str, reason: str = "", error: str = "") -> HttpResponse:
    title, words = WORDS[action]
    context = {
        **admin.site.each_context(request),
        "title": title,
        "words": words,
        "action": action.value,
        "ids": ",".join(map(str, ids)),
        "assistants": Assistant.objects.filter(pk__in=ids[:SHOWN_MOST]).order_by("name"),
        "more": max(0, len(ids) - SHOWN_MOST),
        "needs_reason": action in moderation.REASONED,
        "about_makers": action in moderation.ABOUT_MAKERS,
        "most": moderation.REASON_MOST,
        "reason": reason,
        "error": error,
        "back": back,
        "subtitle": _("%(count)d chosen") % {"count": len(ids)},
    }
    return render(request, "admin/assistants/decide.html", context)
