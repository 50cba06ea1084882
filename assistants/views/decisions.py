"""What the moderators decided about one's assistants, and what one says against it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import VisitorRequest, visitor_required
from accounts.visit import Visit
from assistants import moderation
from assistants.moderation.appealing import WORDS_MOST
from gptlab.errors import Invalid
from gptlab.http import marked


@require_safe
@visitor_required
def decisions(request: VisitorRequest, visit: Visit) -> HttpResponse:
    return render(request, "assistants/lab/decisions.html", _context(request))


@require_POST
@visitor_required
def appeal(request: VisitorRequest, visit: Visit, decision_id: int) -> HttpResponse:
    words = request.POST.get("words", "")
    try:
        moderation.appeal(user=request.user, decision_id=decision_id, words=words, now=timezone.now())
    except Invalid as error:
        typed = {"error": error, "error_at": decision_id, "words": words}
        return marked(render(request, "assistants/lab/decisions.html", _context(request) | typed), error)
    messages.success(request, _("Your appeal is with the moderators. Their answer will stand here."))
    return redirect("assistants:lab-decisions")


def _context(request: VisitorRequest) -> dict[str, object]:
    rows = [(decision, moderation.can_appeal(decision)) for decision in moderation.of_maker(request.user)]
    return {"decisions": rows, "most": WORDS_MOST}
