"""Pages that belong to no app: the front page, what people should know, and what they see when something is wrong."""

import logging

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gptlab import error_pages, words
from gptlab.error_pages import Trouble, WayOut
from gptlab.errors import Missing
from gptlab.http import answer, place

logger = logging.getLogger(__name__)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/home.html")


@require_safe
def of_words(request: HttpRequest, name: str) -> HttpResponse:
    """Questions, terms, privacy, about: what stands in their Markdown file."""
    return render(request, "pages/words.html", {"page": words.page(name)})


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Refused before anybody looked who sent it."""
    if isinstance(exception, RequestDataTooBig):
        detail = _("Your browser’s Back brings what you wrote. Send it in parts.")
        trouble = Trouble(413, _("This is too large to send"), detail, WayOut.BACK, back=place(request))
        return error_pages.answer(request, trouble, alone=True)
    detail = _("Go back, reload the page and try again.")
    return error_pages.answer(request, Trouble(400, _("This request can’t be read"), detail, WayOut.HOME), alone=True)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    detail = _("If you think it should be, write to who runs this lab.")
    return error_pages.answer(request, Trouble(403, _("This is not for you to do"), detail))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    detail = _("Reload it and send again: nothing was sent yet. Cookies must be allowed for this site.")
    return error_pages.answer(request, Trouble(403, _("This page is out of date"), detail, WayOut.BACK, back=place(request)))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, Missing())


def server_error(request: HttpRequest) -> HttpResponse:
    """Stands alone: what failed may be needed for the frame."""
    reference = error_pages.reference()
    logger.error("%s: %s failed", reference, request.method)
    detail = _("Your chats are stored and fine. Try again in a minute; if it stays, tell who runs this lab the number below.")
    way = WayOut.RELOAD if request.method in {"GET", "HEAD"} else WayOut.BACK
    trouble = Trouble(500, _("Something broke on our side"), detail, way, back=place(request), reference=reference)
    return error_pages.answer(request, trouble, alone=True)
