"""HTTP for the rest: the typed request, and the one place where domain errors become answers."""

import logging
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.db import OperationalError
from django.http import HttpRequest as DjangoRequest
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails

from gptlab import errors

logger = logging.getLogger(__name__)


class HttpRequest(DjangoRequest):
    htmx: HtmxDetails


STATUS: dict[type[errors.DomainError], int] = {
    errors.Missing: 404,
    errors.Gone: 410,
    errors.Conflict: 409,
    errors.Invalid: 422,
    errors.Limited: 429,
    errors.Unavailable: 503,
    errors.SignedOut: 401,
}


def status_of(error: errors.DomainError) -> int:
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 400)


def _title(error: errors.DomainError) -> str:
    titles = {
        404: _("There is nothing at this address, or it belongs to someone else. We can’t tell you which."),
        409: _("That can’t be done right now."),
        410: _("This is not here any more."),
        422: _("That can’t be used as it is."),
        429: _("Too many requests."),
        503: _("A part of GPT Lab is away."),
        401: _("Your visit has ended."),
    }
    return titles.get(status_of(error), _("That didn’t work."))


def answer(request: HttpRequest, error: errors.DomainError) -> HttpResponse:
    """The error as a page, or as a notice that htmx puts where the page keeps such notices."""
    context: dict[str, Any] = {"status": status_of(error), "title": _title(error), "detail": str(error), "code": error.code}
    if isinstance(error, errors.SignedOut):
        query = urlencode({"next": _place(request)})
        context |= {"action_url": f"{reverse('accounts:sign-in')}?{query}", "action_label": _("Sign in again")}
    if request.htmx:
        response = render(request, "errors/_error.html", context)
        response["HX-Retarget"] = "#notice"
        response["HX-Reswap"] = "innerHTML"
    else:
        response = render(request, "errors/error.html", context)
    return marked(response, error)


def marked(response: HttpResponse, error: errors.DomainError) -> HttpResponse:
    """The response as the answer to a request that met `error`."""
    response.status_code = status_of(error)
    response["X-Error-Code"] = error.code
    if isinstance(error, errors.Limited):
        response["Retry-After"] = str(error.retry_after)
    return response


def _place(request: HttpRequest) -> str:
    """The page that the visitor is on, to come back to: not the address that a form on it was sent to."""
    if request.method in {"GET", "HEAD"} and not request.htmx:
        return request.get_full_path()
    try:
        if request.htmx:
            return request.htmx.current_url_abs_path or "/"
        referer = urlsplit(request.headers.get("Referer", ""))
    except ValueError:  # a header that is no address
        return "/"
    return referer.path if referer.netloc == request.get_host() else "/"


class DomainErrorMiddleware(MiddlewareMixin):
    """Views let domain errors go through; here they become HTTP. Also keeps signed-in pages out of every cache."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, OperationalError):
            logger.error("the database is away: %s", type(exception).__name__)
            exception = errors.Unavailable(_("The database is away. Nothing was changed; try again in a minute."))
        return answer(request, exception) if isinstance(exception, errors.DomainError) else None

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if not response.has_header("Cache-Control") and _is_signed_in(request):
            response["Cache-Control"] = "no-store"
        return response


def _is_signed_in(request: HttpRequest) -> bool:
    """Asked last: it reads the visit, which counts as activity."""
    user = getattr(request, "user", None)
    return user is not None and user.is_authenticated
