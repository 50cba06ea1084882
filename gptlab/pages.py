"""Pages that belong to no app: the front page, what people should know, and what they see when something is wrong."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

import gptlab

SIGNS = {
    "github.com": "github",
    "gitlab.com": "gitlab",
    "mastodon.social": "mastodon",
    "fosstodon.org": "mastodon",
    "bsky.app": "bluesky",
    "x.com": "twitter-x",
    "twitter.com": "twitter-x",
    "linkedin.com": "linkedin",
    "discord.gg": "discord",
    "discord.com": "discord",
    "youtube.com": "youtube",
}


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/home.html")


@require_safe
def faq(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/faq.html")


@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/terms.html", {"terms_version": settings.TERMS_VERSION})


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/privacy.html")


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/about.html")


def site(request: HttpRequest) -> dict[str, Any]:
    """Context processor: what the operator says about this installation."""
    pairs = (link.partition("=") for link in settings.SITE_LINKS)
    links = [(label.strip(), url.strip(), _icon(url.strip())) for label, _equals, url in pairs if url]
    return {"site": {"links": links, "contact": settings.CONTACT_EMAIL, "version": gptlab.__version__}}


def _icon(url: str) -> str:
    """The sign of a place that everybody knows, or none."""
    try:
        host = (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:  # the operator's slip must not take every page down
        return ""
    return SIGNS.get(host) or next((icon for place, icon in SIGNS.items() if host.endswith(f".{place}")), "")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _bare_error(request, 400, _("This request can’t be read."), _("Go back, reload the page and try again."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(request, 403, _("This is not for you to do."), _("If you think it should be, write to who runs this lab."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    title = _("There is nothing at this address, or it belongs to someone else. We can’t tell you which.")
    return _error(request, 404, title, _("If you followed a link, ask who gave it to you for the whole of it."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    detail = _("Reload it and try again; nothing was sent. Cookies must be allowed for this site.")
    return _error(request, 403, _("This page is out of date."), detail)


def server_error(request: HttpRequest) -> HttpResponse:
    detail = _("It is written down for who runs this lab. Reload in a moment; what you wrote before is kept.")
    return _bare_error(request, 500, _("Something broke on our side."), detail)


def _error(request: HttpRequest, status: int, title: str, detail: str) -> HttpResponse:
    return render(request, "errors/error.html", {"status": status, "title": title, "detail": detail}, status=status)


def _bare_error(request: HttpRequest, status: int, title: str, detail: str) -> HttpResponse:
    """Rendered without the request: it was refused before anyone looked who sent it, or what failed is needed for that."""
    context = {"status": status, "title": title, "detail": detail, **site(request)}
    return HttpResponse(render_to_string("errors/error.html", context), status=status)
