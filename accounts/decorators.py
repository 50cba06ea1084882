"""What a view asks of its visitor before it begins."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import visit
from accounts.models import User
from gptlab import errors
from gptlab.http import HttpRequest

P = ParamSpec("P")


class VisitorRequest(HttpRequest):
    """A request of somebody who is here."""

    user: User


def signed_out() -> errors.SignedOut:
    return errors.SignedOut(
        _("The key is erased after 30 idle minutes, and after 12 hours at most. Sign in with it again to go on.")
    )


def visitor_required(
    view: Callable[Concatenate[VisitorRequest, visit.Visit, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Hands the view the visit. Nobody here: a page asks to sign in first; a part of one, or a change, raises SignedOut.

    Staff have no key and so no visit: they sign in as a visitor for what is a visitor's.
    """

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if (here := visit.current(request)) is not None:
            return view(cast(VisitorRequest, request), here, *args, **kwargs)
        if visit.is_unreachable(request):
            raise errors.Unavailable(
                _("The part that keeps visits is away. Yours goes on when it is back: try again in a minute.")
            )
        if request.htmx or request.method not in {"GET", "HEAD"}:
            raise signed_out()
        return redirect_to_login(request.get_full_path(), reverse("accounts:sign-in"))

    return guarded
