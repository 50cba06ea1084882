"""The lab: the visitor's own assistants, those on the bench, and how a new one begins."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decorators import VisitorRequest, visitor_required
from accounts.visit import Visit
from assistants import lab as bench
from assistants import moderation, numbers
from assistants.blurring import blurred, share
from assistants.models import Assistant
from gptlab.errors import Invalid
from gptlab.http import marked


@require_safe
@visitor_required
def lab(request: VisitorRequest, visit: Visit) -> HttpResponse:
    return render(request, "assistants/lab.html", _context(request))


@require_http_methods(["GET", "HEAD", "POST"])
@visitor_required
def new(request: VisitorRequest, visit: Visit) -> HttpResponse:
    """Empty; or, where a file comes along, with what an assistant had that was exported."""
    if request.method != "POST":
        return render(request, "assistants/lab/new.html")
    file = request.FILES.get("file")
    try:
        if file is None and "file" in request.POST:
            raise Invalid(_("Choose a file first."), field="file")
        if file is None:
            assistant = bench.begin(user=request.user, now=timezone.now())
        else:
            content = file.read(bench.FILE_MOST_BYTES + 1)
            assistant = bench.imported(user=request.user, content=content, now=timezone.now())
    except Invalid as error:
        return marked(render(request, "assistants/lab/new.html", {"error": error}), error)
    return redirect("assistants:lab-edit", code=assistant.code)


@require_POST
@visitor_required
def clone(request: VisitorRequest, visit: Visit, code: str) -> HttpResponse:
    copy = bench.clone(user=request.user, code=code, now=timezone.now())
    messages.success(request, _("This is your own copy. Nobody sees it until you publish it."))
    return redirect("assistants:lab-edit", code=copy.code)


def _context(request: VisitorRequest) -> dict[str, object]:
    mine = Assistant.objects.made_by(request.user).filter(active_version__isnull=False).with_version().order_by("name")
    live = [assistant for assistant in mine if assistant.is_active]
    months = numbers.months_of([assistant.pk for assistant in live], today=timezone.now().date())
    rated = [assistant for assistant in live if blurred(assistant.raters)]  # of what is told already: no difference tells more
    raters, likers = (sum(getattr(assistant, name) for assistant in rated) for name in ("raters", "likers"))
    return {
        "live": [(assistant, months[assistant.pk]) for assistant in live],
        "month": numbers.together(months.values()),
        "people": sum(blurred(assistant.people) or 0 for assistant in live),
        "raters": raters,
        "liked": share(likers, raters),
        "retired": [assistant for assistant in mine if not assistant.is_active],
        "drafts": bench.on_the_bench(request.user),
        "undecided": moderation.standing_against(request.user),
    }
