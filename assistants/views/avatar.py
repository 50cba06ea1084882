"""An assistant's robot, as a picture that browsers may keep."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from assistants import avatars
from assistants.models import Assistant, AssistantQuerySet
from gptlab.http import HttpRequest

YEAR, MINUTES = 365 * 24 * 3600, 5 * 60  # in seconds
POLICY = "default-src 'none'; frame-ancestors 'none'"  # opened by itself, an SVG is a document: this one may do nothing


@require_safe
def avatar(request: HttpRequest, code: str) -> HttpResponseBase:
    """For whoever may meet the assistant, and staff. Who asks is looked at only for a private one: a page has twenty."""
    rows = Assistant.objects.filter(code=code)
    assistant = rows.open_to(None).first() or _hidden(request, rows)
    fingerprint = avatars.fingerprint(assistant.name, assistant.avatar_style)
    picture = HttpResponse(avatars.svg(assistant.name, assistant.avatar_style), content_type="image/svg+xml")
    current = request.GET.get("v") == fingerprint
    picture["Cache-Control"] = f"private, max-age={YEAR}, immutable" if current else f"private, max-age={MINUTES}"
    picture["ETag"] = f'"{fingerprint}"'
    answer = get_conditional_response(request, etag=picture["ETag"], response=picture) or picture
    answer["Content-Security-Policy"] = POLICY
    return answer


def _hidden(request: HttpRequest, rows: AssistantQuerySet) -> Assistant:
    return get_object_or_404(rows if request.user.has_perm("assistants.view_assistant") else rows.made_by(request.user))
