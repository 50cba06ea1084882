"""All of one's chats: newest first, by assistant, searched, deleted, imported."""

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.decorators import VisitorRequest, visitor_required
from accounts.visit import Visit
from chats import conversation, finding
from chats.errors import UnfitTranscript
from chats.sealing import vault_of
from chats.transcript_reading import MOST_BYTES
from gptlab import rate_limits
from gptlab.errors import Invalid, Limited
from gptlab.http import marked
from gptlab.typed import whole_number

PAGE_SIZE = 20


@require_safe
@vary_on_headers("HX-Request")
@visitor_required
def chats(request: VisitorRequest, visit: Visit) -> HttpResponse:
    """`?q=` searches, `?assistant=` is the code of one whose chats alone are shown. Of a search htmx gets the next hits alone."""
    context = _context(request, visit)
    if "found" in context and request.htmx:
        return render(request, "chats/_hits.html", context)
    return _page(request, context)


@require_POST
@visitor_required
def take_in(request: VisitorRequest, visit: Visit) -> HttpResponse:
    """A chat from its transcript, as the file `transcript`."""
    client_id = request.POST.get("client_id", "")[:64]
    try:
        data = _file(request)
        session = conversation.import_transcript(
            user=request.user, visit=visit, data=data, client_id=client_id, now=timezone.now()
        )
    except (Invalid, Limited) as error:
        return marked(_page(request, _context(request, visit) | {"import_error": str(error)}), error)
    messages.success(request, _("The chat is imported."))
    return redirect("chats:session", session_id=session.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@visitor_required
def delete_all(request: VisitorRequest, visit: Visit) -> HttpResponse:
    if request.method == "POST":
        count = conversation.delete_all(user=request.user, now=timezone.now())
        messages.success(request, ngettext("%(n)d chat is deleted.", "%(n)d chats are deleted.", count) % {"n": count})
        return redirect("chats:list")
    return render(request, "chats/delete_all.html", {"count": finding.owned_sessions(request.user).count()})


def _context(request: VisitorRequest, visit: Visit) -> dict[str, Any]:
    code = request.GET.get("assistant", "").replace("\0", "").upper()[:64]
    words = finding.Words(request.GET.get("q", ""))
    context: dict[str, Any] = {"query": request.GET.get("q", "")[:100].replace("\0", ""), "code": code}
    if words:
        rate_limits.hit("search", key=str(request.user.pk), limit="300/minute")
        after = finding.Cursor.parse(request.GET.get("after", ""))
        found = finding.find(user=request.user, vault=vault_of(visit), words=words, assistant=code, after=after)
        before = whole_number(request.GET.get("hits", "")) or 0
        return context | {"found": found, "is_further": after is not None, "hits_before": before}
    paginator = Paginator(finding.owned_sessions(request.user, assistant=code), PAGE_SIZE)
    return context | {"page": paginator.get_page(whole_number(request.GET.get("page", "")) or 1)}


def _page(request: VisitorRequest, context: dict[str, Any]) -> HttpResponse:
    return render(request, "chats/list.html", context | {"assistants": finding.assistants_of(request.user)})


def _file(request: VisitorRequest) -> bytes:
    """Raises UnfitTranscript. A file that is too large never comes through: see FILE_UPLOAD_HANDLERS."""
    file = request.FILES.get("transcript")
    if isinstance(file, UploadedFile) and file.size:
        return bytes(file.read())
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        sizes = {"most": MOST_BYTES // 1024**2}
        raise UnfitTranscript(_("The file is too large: transcripts of up to %(most)d MB can be imported.") % sizes)
    raise UnfitTranscript(_("Choose a transcript first: a file that was downloaded here as JSON."))
