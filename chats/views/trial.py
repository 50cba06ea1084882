"""Step 2 of making an assistant: a chat with the draft, beside its prompt. And the end of a draft, with its trial."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from accounts.decorators import VisitorRequest, visitor_required
from accounts.visit import Visit
from assistants import lab
from assistants.models import Assistant
from assistants.views.steps import fit_to_tell, prompt_context, refused
from chats import comparing, conversation, tasks
from chats.views import chat


@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
@visitor_required
def trial(request: VisitorRequest, visit: Visit, code: str) -> HttpResponse:
    """POST keeps the prompt, if one comes along, and begins the trial anew with what the draft says now."""
    assistant = lab.owned(user=request.user, code=code)
    if request.method == "POST":
        return _try_anew(request, visit, assistant)
    session = conversation.trial_of(user=request.user, assistant=assistant)
    if session is None:
        told = prompt_context(assistant, visit)
        return render(request, "chats/trial.html", {"assistant": assistant, "told": told})
    return chat.page(request, visit, session.pk)


def _try_anew(request: VisitorRequest, visit: Visit, assistant: Assistant) -> HttpResponse:
    lab.keep(assistant, request.POST.dict(), now=timezone.now())
    context = prompt_context(assistant, visit, is_checked=True)
    if not context["form"].is_valid():
        return refused(request, "assistants/lab/edit.html", context)
    told = fit_to_tell(assistant, context["form"])
    reply = conversation.try_out(user=request.user, visit=visit, assistant=assistant, told=told, now=timezone.now())
    tasks.enqueue(reply)
    return redirect("chats:trial", code=assistant.code)


@require_http_methods(["GET", "HEAD", "POST"])
@visitor_required
def discard(request: VisitorRequest, visit: Visit, code: str) -> HttpResponse:
    assistant = lab.owned(user=request.user, code=code)
    if request.method != "POST":
        return render(request, "assistants/lab/discard.html", {"assistant": assistant})
    comparing.forget_drafts(user=request.user, assistant=assistant, now=timezone.now())
    conversation.forget_trials(user=request.user, assistant=assistant, now=timezone.now())
    lab.discard(assistant)
    messages.success(request, _("The draft is gone."))
    return redirect("assistants:lab")
