"""Reporting an assistant: what is wrong with it, and what happens then."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.decorators import VisitorRequest, visitor_required
from accounts.visit import Visit
from assistants import reporting
from assistants.models import Report
from gptlab.errors import Invalid, Limited, Unavailable
from gptlab.http import marked


@require_http_methods(["GET", "HEAD", "POST"])
@visitor_required
def report(request: VisitorRequest, visit: Visit, code: str) -> HttpResponse:
    assistant = reporting.reportable(code, user=request.user)
    context = {"assistant": assistant, "reasons": Report.Reason.choices, "most": reporting.WORDS_MOST}
    if request.method != "POST":
        return render(request, "assistants/report.html", context | {"is_sent": "sent" in request.GET})
    typed = {"reason": request.POST.get("reason", ""), "words": request.POST.get("words", "")}
    try:
        reporting.report(assistant, user=request.user, now=timezone.now(), **typed)
    except (Invalid, Limited, Unavailable) as error:
        return marked(render(request, "assistants/report.html", context | typed | {"error": error}), error)
    return redirect(f"{reverse('assistants:report', args=[assistant.code])}?sent")
