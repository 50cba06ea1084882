"""HTTP for the rest: the typed request, and the one place where domain errors become answers."""

import logging
from urllib.parse import urlsplit

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest as DjangoRequest
from django.http import HttpResponse
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails
from redis.exceptions import RedisError

from gptlab import error_pages, errors
from gptlab.error_pages import Trouble, WayOut

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
UNAVAILABLE_SECONDS = 30  # after which one may look again whether the part is back


def status_of(error: errors.DomainError) -> int:
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 400)


def answer(request: DjangoRequest, error: errors.DomainError, *, alone: bool = False, way: WayOut | None = None) -> HttpResponse:
    """The error as a page, or as a notice that htmx puts where the page keeps such notices. `way`: another than usual."""
    status = status_of(error)
    is_form = request.method not in {"GET", "HEAD"}
    ways = {401: WayOut.SIGN_IN, 404: WayOut.LOUNGE, 503: WayOut.BACK if is_form else WayOut.RELOAD}
    trouble = Trouble(
        status,
        _title(error, is_message=error_pages.draft(request, ("text",)) is not None),
        _detail(error),
        way=way or ways.get(status, WayOut.BACK if is_form else WayOut.LOUNGE),
        back=place(request),
        wait=_wait(error),
    )
    return marked(error_pages.answer(request, trouble, alone=alone), error)


def marked(response: HttpResponse, error: errors.DomainError) -> HttpResponse:
    """The response as the answer to a request that met `error`."""
    response.status_code = status_of(error)
    response["X-Error-Code"] = error.code
    if wait := _wait(error):
        response["Retry-After"] = str(wait)
    return response


def place(request: DjangoRequest) -> str:
    """The page that the visitor is on, to come back to: not the address that a form on it was sent to."""
    address = request.headers.get("HX-Current-URL")
    if address is None:
        if request.method in {"GET", "HEAD"}:
            return request.get_full_path()
        address = request.headers.get("Referer", "")
    try:
        parts = urlsplit(address)
    except ValueError:  # a header that is no address
        return "/"
    if parts.netloc != request.get_host() or not parts.path.startswith("/"):
        return "/"
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _title(error: errors.DomainError, *, is_message: bool) -> str:
    status = status_of(error)
    if is_message and (status in {409, 422, 429} or isinstance(error, errors.ReadOnly)):
        return _("Not sent")
    if isinstance(error, errors.ReadOnly):
        return _("Nothing was changed")
    titles = {
        401: _("Your visit has ended"),
        404: _("Page not found"),
        409: _("That can’t be done right now"),
        410: _("This is not here any more"),
        422: _("That can’t be used as it is"),
        429: _("That was a lot at once"),
        503: _("Something that this needs is away"),
    }
    return titles.get(status, _("That didn’t work"))


def _detail(error: errors.DomainError) -> str:
    if isinstance(error, errors.Missing) and not str(error):
        return _("There is nothing at this address, or it belongs to someone else. We can’t tell you which.")
    return str(error)


def _wait(error: errors.DomainError) -> int:
    if isinstance(error, errors.Limited | errors.ReadOnly):
        return error.retry_after
    return UNAVAILABLE_SECONDS if isinstance(error, errors.Unavailable) else 0


class DomainErrorMiddleware(MiddlewareMixin):
    """Views let domain errors go through; here they become HTTP. Also keeps signed-in pages out of every cache."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, OperationalError | InterfaceError):
            logger.error("the database is away: %s", type(exception).__name__)
            away = errors.Unavailable(_("The database can’t be reached. Nothing was changed; try again in a minute."))
            return answer(request, away, alone=True)
        if isinstance(exception, RedisError):
            logger.error("Redis is away: %s", type(exception).__name__)
            exception = errors.Unavailable(_("Nothing was changed; try again in a minute."))
        return answer(request, exception) if isinstance(exception, errors.DomainError) else None

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if response.status_code == 405 and not response.content:
            page = error_pages.answer(request, error_pages.wrong_method(request))
            page["Allow"] = response["Allow"]
            response = page
        if not response.has_header("Cache-Control") and _is_signed_in(request):
            response["Cache-Control"] = "no-store"
        return response


def _is_signed_in(request: HttpRequest) -> bool:
    """Asked last: it reads the visit, which counts as activity."""
    user = getattr(request, "user", None)
    return user is not None and user.is_authenticated
