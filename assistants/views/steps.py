"""The pages on which an assistant is made: what it is told, and how people know it. Between them stands the trial, in `chats`.

What is typed is kept as one types. A button at the end of a step looks whether it is fit; what is not stays in its field.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.forms import BoundField
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from accounts.decorators import VisitorRequest, visitor_required
from accounts.visit import Visit
from assistants import lab, moderation, tasks
from assistants.forms import RANGES, ProfileForm, PromptForm
from assistants.lab.fields import PARAMETERS, USUAL_SUMMARY_PROMPT, profile_of
from assistants.models import Assistant, Draft, Screening, Version
from assistants.personalities import CUSTOM, PERSONALITIES
from assistants.prompt_size import prompt_size
from assistants.views.previewing import preview
from gptlab.errors import Invalid
from gptlab.http import marked
from gptlab.typed import whole_number

WORDS = {
    "temperature": (gettext_lazy("Temperature"), gettext_lazy("predictable"), gettext_lazy("inventive")),
    "top_p": (gettext_lazy("Top P"), gettext_lazy("few words"), gettext_lazy("all words")),
    "frequency_penalty": (gettext_lazy("Repeated words"), gettext_lazy("welcome"), gettext_lazy("avoided")),
    "presence_penalty": (gettext_lazy("New topics"), gettext_lazy("stays on it"), gettext_lazy("moves on")),
}
BESIDE = {"compare": "chats:compare", "leak-check": "chats:leak-check"}  # pages that need no fit draft


@dataclass(frozen=True, slots=True)
class Slider:
    field: BoundField
    label: Promise
    low: Promise
    high: Promise
    least: float
    most: float
    value: str


@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
@visitor_required
def edit(request: VisitorRequest, visit: Visit, code: str) -> HttpResponse:
    """Step 1. For htmx: keeps what is typed, and says so."""
    assistant = lab.owned(user=request.user, code=code)
    if request.method != "POST":
        return render(request, "assistants/lab/edit.html", prompt_context(assistant, visit))
    before = lab.typed(assistant)
    _keep(request, assistant)
    wish = request.POST.get("next", "")
    if request.htmx:
        context = prompt_context(assistant, visit)
        context["has_other_sliders"] = any(before[name] != lab.typed(assistant)[name] for name in ("personality", "model"))
        return render(request, "assistants/lab/_kept_prompt.html", context)
    if wish == "start-over":
        lab.start_over(assistant, now=timezone.now())
    if wish in ("trial", "publish"):
        context = prompt_context(assistant, visit, is_checked=True)
        if not context["form"].is_valid():
            return refused(request, "assistants/lab/edit.html", context)
        return redirect("chats:trial" if wish == "trial" else "assistants:lab-publish", code=assistant.code)
    if wish == "leave":
        return redirect("assistants:lab")
    return redirect(BESIDE.get(wish, "assistants:lab-edit"), code=assistant.code)


@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
@visitor_required
def publish(request: VisitorRequest, visit: Visit, code: str) -> HttpResponse:
    """Step 3. For htmx: keeps what is typed, and shows what it will look like."""
    assistant = lab.owned(user=request.user, code=code)
    if request.method != "POST":
        return render(request, "assistants/lab/publish.html", profile_context(assistant))
    _keep(request, assistant)
    if request.htmx:
        return render(request, "assistants/lab/_kept_profile.html", profile_context(assistant))
    wish = request.POST.get("next", "")
    if wish == "publish":
        with transaction.atomic():
            answer, screening = _published(request, visit, lab.for_change(user=request.user, code=code))
        tasks.enqueue_screening(screening, visit=visit)
        return answer
    if wish == "leave":
        return redirect("assistants:lab")
    return redirect("chats:trial" if wish == "trial" else "assistants:lab-publish", code=assistant.code)


def _keep(request: VisitorRequest, assistant: Assistant) -> None:
    """A button is meant; what goes by itself may come late."""
    base = request.POST.get("base", "") if request.htmx else ""
    lab.keep(assistant, request.POST.dict(), now=timezone.now(), base=base)


def _published(request: VisitorRequest, visit: Visit, assistant: Assistant) -> tuple[HttpResponse, Screening | None]:
    """The answer, and what the checks say of it, if it was published for everybody."""
    about = profile_context(assistant, is_checked=True)
    if not about["form"].is_valid():
        return refused(request, "assistants/lab/publish.html", about), None
    shares = about["form"].cleaned_data["visibility"] != Assistant.Visibility.PRIVATE
    if shares and assistant.creator is not None and not assistant.creator.may_share:
        about["form"].add_error("visibility", _("The moderators banned you from sharing. It can be private."))
        return refused(request, "assistants/lab/publish.html", about), None
    told = prompt_context(assistant, visit, is_checked=True)
    if not told["form"].is_valid():
        messages.warning(request, _("The prompt has to be looked at again before this can be published."))
        return refused(request, "assistants/lab/edit.html", told), None
    fit = about["form"].cleaned_data
    version = lab.publish(
        assistant,
        profile=profile_of(fit),
        told=told["form"].cleaned_data | {"summary_prompt": fit["summary_prompt"], "openness": fit["openness"]},
        note=fit["note"],
        now=timezone.now(),
    )
    screening = moderation.begin(assistant, visit=visit, now=timezone.now())
    messages.success(request, _("Version %(number)d is live.") % {"number": version.number or 0})
    home = reverse("assistants:lab-assistant", args=[assistant.code])
    return redirect(f"{home}?new" if version.number == 1 else home), screening


def refused(request: VisitorRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """The page again, with what was typed and what is wrong with it."""
    return marked(render(request, template, context), Invalid())


def prompt_context(assistant: Assistant, visit: Visit, *, is_checked: bool = False) -> dict[str, Any]:
    values = lab.typed(assistant)
    kept_model = assistant.active_version.model if assistant.active_version else ""
    form = PromptForm(values, is_checked=is_checked, visit=visit, kept_model=kept_model)
    chosen = PERSONALITIES.get(values["personality"], PERSONALITIES[CUSTOM])
    return _common(assistant) | {
        "form": form,
        "is_custom": chosen.key == CUSTOM,
        "chosen": chosen,
        "personalities": list(PERSONALITIES.values()),
        "sliders": [_slider(form, name, values) for name in PARAMETERS if name in form.info.parameters],
        "size": prompt_size(values["initial_prompt"], info=form.info, max_tokens=whole_number(values["max_tokens"])),
        "model": values["model"] or form.info.name,
    }


def fit_to_tell(assistant: Assistant, form: PromptForm) -> dict[str, Any]:
    """What a version of the draft would be told, where the form is valid: fields of a Version."""
    values = lab.typed(assistant)
    openness = values["openness"] if values["openness"] in Version.Openness.values else Version.Openness.SECRET.value
    summary_prompt = values["summary_prompt"].strip() or USUAL_SUMMARY_PROMPT
    return form.cleaned_data | {"summary_prompt": summary_prompt, "openness": openness}


def profile_context(assistant: Assistant, *, is_checked: bool = False) -> dict[str, Any]:
    values = lab.typed(assistant)
    form = ProfileForm(values, is_checked=is_checked)
    return _common(assistant) | {"form": form, "preview": preview(assistant, values)}


def _common(assistant: Assistant) -> dict[str, Any]:
    return {"assistant": assistant, "draft": Draft.objects.filter(assistant=assistant).defer("content").first()}


def _slider(form: PromptForm, name: str, values: dict[str, str]) -> Slider:
    chosen = PERSONALITIES.get(values["personality"], PERSONALITIES[CUSTOM])
    value = values[name] if chosen.key == CUSTOM else f"{chosen.parameters[name]:g}"
    return Slider(form[name], *WORDS[name], *RANGES[name], value)
