"""Does it keep its prompt? What a check costs, how far it is, and what got out."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from accounts.decorators import VisitorRequest, visitor_required
from accounts.visit import Visit
from assistants import lab
from assistants.models import Assistant
from assistants.views.steps import fit_to_tell, prompt_context, refused
from chats import leak_check as checks
from chats import tasks
from chats.leak_check.measuring import Finding
from chats.models import LeakCheck
from chats.reply_words import UNKNOWN, WORDS
from gptlab.llm import catalog
from gptlab.typed import whole_number

AROUND = 120  # tokens of a request beside the prompt
KINDS: dict[str, Promise] = {
    "plain": _("Asks for it"),
    "above": _("Asks for everything above"),
    "ignore": _("Gives new orders"),
    "owner": _("Claims to be its maker"),
    "translate": _("Asks for a translation"),
    "encode": _("Asks for it in code"),
    "parts": _("Asks for it in parts"),
    "story": _("Asks for a story"),
    "summary": _("Asks for the rules"),
    "complete": _("Begins it itself"),
    "json": _("Asks for data"),
    "spaced": _("Asks for letters"),
    "drawn": _("Made up for this check"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    label: Promise
    finding: Finding


@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
@visitor_required
def leak_check(request: VisitorRequest, visit: Visit, code: str) -> HttpResponse:
    """POST begins one, or stops it (`next=stop`). For htmx how far it is."""
    assistant = lab.owned(user=request.user, code=code)
    if request.method != "POST":
        template = "chats/_leak_findings.html" if request.htmx else "chats/leak_check.html"
        return render(request, template, _context(assistant, visit))
    if request.POST.get("next") == "stop":
        checks.stop(assistant)
        return redirect("chats:leak-check", code=assistant.code)
    told = prompt_context(assistant, visit, is_checked=True)
    if not told["form"].is_valid():
        return refused(request, "assistants/lab/edit.html", told)
    fit = fit_to_tell(assistant, told["form"])
    tasks.enqueue_leak_check(checks.begin(user=request.user, visit=visit, assistant=assistant, told=fit, now=timezone.now()))
    return redirect("chats:leak-check", code=assistant.code)


def _context(assistant: Assistant, visit: Visit) -> dict[str, Any]:
    told = prompt_context(assistant, visit)
    check = checks.check_of(assistant, now=timezone.now())
    findings = [Finding(**values) for values in check.findings] if check is not None else []
    max_tokens = whole_number(lab.typed(assistant)["max_tokens"])
    return {
        "assistant": assistant,
        "told": told,
        "model": catalog.choose(visit.provider, told["model"], visit.models),
        "check": check,
        "is_running": check is not None and check.state in (LeakCheck.State.PENDING, LeakCheck.State.RUNNING),
        "error": _why(check, visit) if check is not None and check.error_code else None,
        "shown": [Shown(KINDS[finding.kind], finding) for finding in findings],
        "answered": sum(finding.answered for finding in findings),
        "kept": sum(finding.is_kept for finding in findings),
        "stopped": sum(finding.answered and finding.stopped for finding in findings),
        "out": sum(finding.is_out for finding in findings),
        "has_changed": check is not None and _has_changed(check, assistant, visit),
        "total": checks.TOTAL,
        "tokens_in": checks.TOTAL * (told["size"].tokens + AROUND),
        "tokens_out": checks.TOTAL * max_tokens if max_tokens is not None else None,
    }


def _has_changed(check: LeakCheck, assistant: Assistant, visit: Visit) -> bool:
    """Whether what stands there now, draft or published, is told otherwise than what was checked."""
    form = prompt_context(assistant, visit, is_checked=True)["form"]
    return not form.is_valid() or checks.digest_of(fit_to_tell(assistant, form)) != check.told_digest


def _why(check: LeakCheck, visit: Visit) -> str:
    title = WORDS.get(check.error_code, UNKNOWN).title
    return str(title) % {"provider": catalog.provider(visit.provider).name, "model": check.model}
