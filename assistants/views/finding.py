"""The way in for those who were given a code: forgiving about how it was typed, and slow for those who try many."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from assistants import codes
from assistants.errors import UnknownCode
from assistants.models import Assistant
from gptlab.errors import Invalid, Limited
from gptlab.http import HttpRequest, marked
from gptlab.rate_limits import hit, network

CODES_LIMIT = "10/minute;100/day"
TYPED_MOST = 60  # characters of a wrong code that come back in the field


@require_safe
def by_code(request: HttpRequest) -> HttpResponse:
    """`/assistants/?code=`"""
    typed = request.GET.get("code", "").strip()
    if not typed:
        return redirect("assistants:lounge")
    try:
        code = codes.normalise(typed)
        hit("assistant-code", key=str(request.user.pk or network(request.META["REMOTE_ADDR"])), limit=CODES_LIMIT)
        if not Assistant.objects.open_to(request.user).filter(code=code).exists():
            raise UnknownCode
    except (Invalid, UnknownCode, Limited) as error:
        return nobody(request, typed, error)
    return redirect("chats:assistant", code=code)


def nobody(request: HttpRequest, typed: str, error: Invalid | UnknownCode | Limited) -> HttpResponse:
    """The field again, with what was typed and why it led to nobody."""
    context = {"typed": typed[:TYPED_MOST], "error": str(error), "is_limited": isinstance(error, Limited)}
    return marked(render(request, "assistants/find.html", context), error)
