"""The lab: the visitor's own assistants."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.decorators import VisitorRequest, visitor_required
from accounts.visit import Visit
from assistants.models import Assistant


@require_safe
@visitor_required
def lab(request: VisitorRequest, _visit: Visit) -> HttpResponse:
    mine = Assistant.objects.made_by(request.user).order_by("-created_at")
    return render(request, "assistants/lab.html", {"assistants": mine})
