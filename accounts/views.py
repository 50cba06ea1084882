"""Signing in and out over HTTP. What a key opens is decided in `signing_in`, how long it lasts in `visit`."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRedirect

from accounts import signing_in, visit
from accounts.decorators import visitor_required
from accounts.forms import SignInForm
from gptlab import errors, rate_limits
from gptlab.http import HttpRequest, marked, place
from gptlab.llm import catalog

PUT_AWAY_MOST = 50  # announcements that a visit remembers to be put away


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@vary_on_headers("HX-Request")
@sensitive_post_parameters("api_key")
@sensitive_variables("form", "signed_in")
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        wanted = request.GET.get("next", "")
        here = visit.current(request)
        # Who is here with a key that is not taken finds the form, to come in with another one.
        if here is not None and here.can_chat:
            return _onward(request, wanted)
        return render(request, "accounts/sign_in.html", {"next": wanted})
    form = SignInForm(request.POST)
    if not form.is_valid():
        return _again(request, form, errors.Invalid())
    try:
        _count_attempt(request)
        signed_in = signing_in.sign_in(
            provider=form.cleaned_data["provider"], api_key=form.cleaned_data["api_key"], now=timezone.now()
        )
        _begin(request, signed_in)
    except errors.DomainError as error:
        if request.htmx and not isinstance(error, errors.Invalid) and "again" not in request.POST:
            raise  # said beside the form, which stays as it is
        form.refuse(error)
        return _again(request, form, error)
    if "again" in request.POST and request.POST["again"] != visit.mark(signed_in.user.pk):
        messages.warning(request, _("This key opens another account. The page that was open belongs to the other one."))
        return _onward(request, "")
    if "again" in request.POST:
        messages.success(request, _("You are back. What you wrote is still there."))
    return _onward(request, request.POST.get("next", ""))


@require_POST
@never_cache
@sensitive_variables("key", "signed_in")
def new_key(request: HttpRequest, provider_id: str) -> HttpResponse:
    """A key for a server that asks for none, and in with it. The next page shows it, once."""
    try:
        provider = catalog.provider(provider_id)
    except catalog.UnknownProvider as error:
        raise errors.Missing from error
    if not provider.keyless:
        raise errors.Missing
    _count_attempt(request)
    key = signing_in.mint(provider)
    signed_in = signing_in.sign_in(provider=provider.id, api_key=key, now=timezone.now(), minted=True)
    _begin(request, signed_in)
    request.session[visit.NEW_KEY] = {"provider": provider.name, "key": key}
    return _onward(request, request.POST.get("next", ""))


@require_POST
@never_cache
def sign_out(request: HttpRequest) -> HttpResponse:
    visit.end(request)
    return _go(request, resolve_url(settings.LOGOUT_REDIRECT_URL))


@require_POST
@visitor_required
def dismiss(request: HttpRequest, _here: visit.Visit, announcement_id: int) -> HttpResponse:
    """Put away for this visit. htmx takes the banner off the page."""
    away = request.session.get(visit.PUT_AWAY, [])
    request.session[visit.PUT_AWAY] = [*away, announcement_id][-PUT_AWAY_MOST:]
    return HttpResponse() if request.htmx else HttpResponseRedirect(place(request))


def _count_attempt(request: HttpRequest) -> None:
    """Each costs us a slow hash and the provider a request. The address is the client's if the server knows its proxies."""
    address = rate_limits.network(request.META.get("REMOTE_ADDR", ""))
    rate_limits.hit("sign-in", key=address, limit=settings.SIGN_IN_LIMIT)


def _begin(request: HttpRequest, signed_in: signing_in.SignedIn) -> None:
    visit.begin(
        request,
        signed_in.user,
        provider=signed_in.credential.provider,
        api_key=signed_in.api_key,
        data_key=signed_in.data_key,
        models=signed_in.models,
        can_chat=signed_in.can_chat,
    )
    if signed_in.notice:
        messages.warning(request, signed_in.notice)
    if signed_in.agreed_anew:
        changed = _('The terms have changed since you were last here. <a href="{url}">What changed</a>')
        messages.warning(request, format_html(changed, url=f"{reverse('terms')}#changes"))


def _again(request: HttpRequest, form: SignInForm, error: errors.DomainError) -> HttpResponse:
    part = "accounts/_sign_in_again.html" if "again" in request.POST else "accounts/_sign_in.html"
    context = {"form": form, "next": request.POST.get("next", ""), "visitor_mark": request.POST.get("again", "")[:16]}
    return marked(render(request, part if request.htmx else "accounts/sign_in.html", context), error)


def _onward(request: HttpRequest, wanted: str) -> HttpResponse:
    """To where the visitor was, if that is a page of ours."""
    ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return _go(request, wanted if ours else resolve_url(settings.LOGIN_REDIRECT_URL))


def _go(request: HttpRequest, url: str) -> HttpResponse:
    return HttpResponseClientRedirect(url) if request.htmx else HttpResponseRedirect(url)
