"""What an assistant will look like, from what is typed so far."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from accounts.decorators import VisitorRequest, visitor_required
from accounts.visit import Visit
from assistants import avatars
from assistants.models import Assistant
from assistants.views.avatar import POLICY

NAME_MOST = 100


@require_safe
@visitor_required
def avatar(request: VisitorRequest, visit: Visit) -> HttpResponse:
    """`?name=&style=`: the robot that a name would have."""
    style = request.GET.get("style", "")
    name = request.GET.get("name", "")[:NAME_MOST]
    picture = HttpResponse(
        avatars.svg(name, style if style in Assistant.AvatarStyle.values else avatars.USUAL), content_type="image/svg+xml"
    )
    picture["Cache-Control"] = "private, max-age=3600"
    picture["Content-Security-Policy"] = POLICY
    return picture


def preview(assistant: Assistant, values: dict[str, str]) -> Assistant:
    """Not to be saved."""
    shown = Assistant(code=assistant.code)
    for name in ("name", "tagline", "description"):
        setattr(shown, name, " ".join(values[name].split()))
    shown.category = values["category"] if values["category"] in Assistant.Category.values else Assistant.Category.EVERYDAY
    is_style = values["avatar_style"] in Assistant.AvatarStyle.values
    shown.avatar_style = values["avatar_style"] if is_style else Assistant.AvatarStyle.BLOCKS
    return shown
