"""What an assistant's maker is told of the people who talk with it: numbers, never texts."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.decorators import VisitorRequest, visitor_required
from accounts.visit import Visit
from assistants import lab
from assistants.numbers import months_of
from chats import numbers


@require_safe
@visitor_required
def of_assistant(request: VisitorRequest, visit: Visit, code: str) -> HttpResponse:
    assistant = lab.owned(user=request.user, code=code)
    today = timezone.now().date()
    month = months_of([assistant.pk], today=today)[assistant.pk]
    context = {"assistant": assistant, "month": month, "versions": numbers.of_versions(assistant, today=today)}
    return render(request, "chats/numbers.html", context)
