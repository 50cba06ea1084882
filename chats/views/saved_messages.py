"""What a maker says to try an assistant: kept, changed, thrown away."""

from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST
from django.views.decorators.vary import vary_on_headers

from accounts.decorators import VisitorRequest, visitor_required
from accounts.visit import Visit
from assistants import lab
from chats import comparing
from chats.comparing import Saved
from chats.views.bench import Bench
from chats.views.compare import answer, to_page
from chats.views.compared import ShownMessage
from gptlab.errors import Invalid


@require_POST
@vary_on_headers("HX-Request")
@visitor_required
def save(request: VisitorRequest, visit: Visit, code: str) -> HttpResponse:
    bench = Bench(request.user, visit, lab.owned(user=request.user, code=code))
    choice = bench.shown(request.GET.dict())
    text = request.POST.get("text", "")
    try:
        saved = comparing.save(user=request.user, visit=visit, assistant=bench.assistant, text=text, now=timezone.now())
    except Invalid as error:
        return answer(request, bench, choice, unfit=error, written=text)
    if request.htmx:
        return answer(request, bench, choice, added=ShownMessage(saved, None, ()))
    return to_page(bench, choice, at=f"message-{saved.id}")


@require_POST
@vary_on_headers("HX-Request")
@visitor_required
def change(request: VisitorRequest, visit: Visit, code: str, message_id: UUID) -> HttpResponse:
    """`next=delete` throws it away."""
    bench = Bench(request.user, visit, lab.owned(user=request.user, code=code))
    choice = bench.shown(request.GET.dict())
    user, now, text = request.user, timezone.now(), request.POST.get("text", "")
    if request.POST.get("next") == "delete":
        comparing.remove(user=user, assistant=bench.assistant, message_id=message_id, now=now)
        return answer(request, bench, choice, removed=message_id) if request.htmx else to_page(bench, choice, at="messages")
    try:
        comparing.change(user=user, visit=visit, assistant=bench.assistant, message_id=message_id, text=text, now=now)
    except Invalid as error:
        editing = ShownMessage(Saved(message_id, text, damaged=False), None, (), draft=text, error=error)
        return answer(request, bench, choice, changed=[message_id], editing=editing)
    if request.htmx:
        return answer(request, bench, choice, changed=[message_id])
    return to_page(bench, choice, at=f"message-{message_id}")
