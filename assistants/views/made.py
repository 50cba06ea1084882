"""An assistant that was published, as its maker sees it: its link and code, its versions, out of use and back, as a file."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import VisitorRequest, visitor_required
from accounts.visit import Visit
from assistants import lab, moderation, tasks
from assistants.forms import ProfileForm
from assistants.lab.differences import compare
from assistants.models import Assistant, Version
from assistants.personalities import PERSONALITIES
from gptlab.errors import Invalid
from gptlab.http import HttpRequest, marked
from gptlab.typed import whole_number

SETTINGS = {
    "model": gettext_lazy("Model"),
    "max_tokens": gettext_lazy("Longest reply"),
    "personality": gettext_lazy("Personality"),
    "temperature": gettext_lazy("Temperature"),
    "top_p": gettext_lazy("Top P"),
    "frequency_penalty": gettext_lazy("Repeated words"),
    "presence_penalty": gettext_lazy("New topics"),
    "openness": gettext_lazy("The prompt"),
}
VERSIONS_TO_A_PAGE = 50


@require_safe
@visitor_required
def assistant(request: VisitorRequest, visit: Visit, code: str) -> HttpResponse:
    """Of one that is only a draft there is nothing to see yet: on to the draft."""
    found = lab.owned(user=request.user, code=code)
    if found.active_version is None:
        return redirect("assistants:lab-edit", code=found.code)
    share_url = request.build_absolute_uri(reverse("chats:assistant", args=[found.code]))
    is_new = found.active_version.number == 1 and "new" in request.GET
    context = {"share_url": share_url, "is_new": is_new, "has_draft": hasattr(found, "draft")}
    return render(request, "assistants/lab/assistant.html", context | {"assistant": found, "version": found.active_version})


@require_safe
@visitor_required
def versions(request: VisitorRequest, visit: Visit, code: str) -> HttpResponse:
    """`?from=&to=`: what the one says otherwise than the other; without them the active one and the one before it. `?page=`."""
    return render(request, "assistants/lab/versions.html", _versions(request, lab.owned(user=request.user, code=code)))


def _versions(request: VisitorRequest, found: Assistant, *, at: int | None = None) -> dict[str, Any]:
    """`at`: the version whose page is wanted. Only the prompts of the two that are compared are opened."""
    numbers = lab.numbers(found)
    rows = found.versions.filter(number__isnull=False).defer("initial_prompt", "summary_prompt").order_by("-number")
    wanted = numbers.index(at) // VERSIONS_TO_A_PAGE + 1 if at in numbers else whole_number(request.GET.get("page", ""))
    active = found.active_version.number if found.active_version else None
    new = _wish(request, "to", numbers) or active or 0
    old = _wish(request, "from", numbers) or next((number for number in numbers if number < new), new)
    compared = {version.number: version for version in found.versions.filter(number__in=(old, new))}
    context: dict[str, Any] = {"assistant": found, "numbers": numbers, "active": active, "old": old, "new": new}
    context["page"] = Paginator(rows, VERSIONS_TO_A_PAGE).get_page(wanted or 1)
    if old in compared and new in compared:
        context |= _differences(compared[old], compared[new])
    return context


@require_POST
@visitor_required
def roll_back(request: VisitorRequest, visit: Visit, code: str, number: int) -> HttpResponse:
    with transaction.atomic():
        version = lab.roll_back(lab.for_change(user=request.user, code=code), number=number)
        screening = moderation.begin(lab.owned(user=request.user, code=code), visit=visit, now=timezone.now())
    tasks.enqueue_screening(screening, visit=visit)
    messages.success(
        request,
        _("New chats begin with version %(number)d now. Those that run stay on theirs.") % {"number": version.number or 0},
    )
    return redirect("assistants:lab-versions", code=code)


@require_POST
@visitor_required
def annotate(request: VisitorRequest, visit: Visit, code: str, number: int) -> HttpResponse:
    found, note = lab.owned(user=request.user, code=code), request.POST.get("note", "")
    try:
        lab.annotate(found, number=number, note=ProfileForm.base_fields["note"].clean(note))
    except ValidationError as error:
        typed = {"error": " ".join(error.messages), "error_at": number, "note": note}
        return marked(render(request, "assistants/lab/versions.html", _versions(request, found, at=number) | typed), Invalid())
    messages.success(request, _("The note is kept."))
    return redirect("assistants:lab-versions", code=code)


@require_POST
@visitor_required
def retire(request: VisitorRequest, visit: Visit, code: str) -> HttpResponse:
    found = lab.owned(user=request.user, code=code)
    lab.retire(found)
    messages.success(request, _("%(name)s is retired: it takes no new chats. Past ones stay readable.") % {"name": found.name})
    return redirect("assistants:lab-assistant", code=code)


@require_POST
@visitor_required
def restore(request: VisitorRequest, visit: Visit, code: str) -> HttpResponse:
    found = lab.owned(user=request.user, code=code)
    lab.restore(found)
    messages.success(request, _("%(name)s takes new chats again.") % {"name": found.name})
    return redirect("assistants:lab-assistant", code=code)


@require_safe
@visitor_required
def export(request: VisitorRequest, visit: Visit, code: str) -> HttpResponse:
    content = lab.exported(user=request.user, code=code)
    name = slugify(content["assistant"]["name"]) or "assistant"
    answer = JsonResponse(content, json_dumps_params={"indent": 2})
    answer["Content-Disposition"] = f'attachment; filename="{name}-{timezone.now():%Y-%m-%d}.json"'
    return answer


def _wish(request: HttpRequest, name: str, numbers: list[int]) -> int | None:
    number = whole_number(request.GET.get(name, ""))
    return number if number in numbers else None


def _differences(old: Version, new: Version) -> dict[str, Any]:
    settings = [
        (label, _shown(old, name), _shown(new, name))
        for name, label in SETTINGS.items()
        if getattr(old, name) != getattr(new, name)
    ]
    return {
        "prompt_lines": compare(old.initial_prompt, new.initial_prompt),
        "summary_lines": compare(old.summary_prompt, new.summary_prompt),
        "settings": settings,
        "is_same": old.pk == new.pk,
    }


def _shown(version: Version, name: str) -> object:
    value = getattr(version, name)
    if name == "openness":
        return version.get_openness_display()
    if name == "personality":
        return PERSONALITIES[value].label if value in PERSONALITIES else value
    return f"{value:g}" if isinstance(value, float) else value
