"""An assistant's star: put on and taken off, in place or with the page."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.decorators import VisitorRequest, visitor_required
from accounts.visit import Visit
from assistants import favourites
from gptlab.http import place


@require_POST
@visitor_required
def favourite(request: VisitorRequest, visit: Visit, code: str) -> HttpResponse:
    """`favourite=0` takes it off."""
    is_favourite = request.POST.get("favourite") != "0"
    assistant = favourites.mark(code, user=request.user, is_favourite=is_favourite, now=timezone.now())
    if not request.htmx:
        return redirect(place(request))
    context = {"assistant": assistant, "is_favourite": is_favourite, "with_word": request.POST.get("with_word", "")}
    return render(request, "assistants/_star.html", context)
