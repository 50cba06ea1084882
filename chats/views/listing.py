"""All of one's chats: newest first, by assistant, searched, deleted."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.decorators import VisitorRequest, visitor_required
from accounts.visit import Visit
from chats import conversation, finding, forms
from chats.models import ChatSession
from chats.views.showing import vault_of
from gptlab import rate_limits

PAGE_SIZE = 20


@require_safe
@vary_on_headers("HX-Request")
@visitor_required
def chats(request: VisitorRequest, visit: Visit) -> HttpResponse:
    """`?q=` searches, `?assistant=` is the code of one whose chats alone are shown. Of a search htmx gets the next hits alone."""
    code = request.GET.get("assistant", "").replace("\0", "").upper()[:64]
    words = finding.Words(request.GET.get("q", ""))
    context: dict[str, Any] = {"query": request.GET.get("q", "")[:100].replace("\0", ""), "code": code}
    if words:
        rate_limits.hit("search", key=str(request.user.pk), limit="300/minute")
        after = finding.Cursor.parse(request.GET.get("after", ""))
        found = finding.find(user=request.user, vault=vault_of(visit), words=words, assistant=code, after=after)
        before = forms.number(request.GET.get("hits", "")) or 0
        context |= {"found": found, "is_further": after is not None, "hits_before": before}
        if request.htmx:
            return render(request, "chats/_hits.html", context)
    else:
        paginator = Paginator(finding.owned_sessions(request.user, assistant=code), PAGE_SIZE)
        context |= {"page": paginator.get_page(forms.number(request.GET.get("page", "")) or 1)}
    return render(request, "chats/list.html", context | {"assistants": finding.assistants_of(request.user)})


@require_http_methods(["GET", "HEAD", "POST"])
@visitor_required
def delete_all(request: VisitorRequest, visit: Visit) -> HttpResponse:
    if request.method == "POST":
        count = conversation.delete_all(user=request.user, now=timezone.now())
        messages.success(request, ngettext("%(n)d chat is deleted.", "%(n)d chats are deleted.", count) % {"n": count})
        return redirect("chats:list")
    return render(request, "chats/delete_all.html", {"count": ChatSession.objects.owned_by(request.user).count()})
