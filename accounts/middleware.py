"""Before any view: a page that shows a visit asks on behalf of that visit only, and while it is read only nothing changes."""

from typing import Any

from django.db import DatabaseError
from django.http import HttpResponse
from django.utils import timezone
from django.utils.deprecation import MiddlewareMixin

from accounts import announcing, visit
from accounts.decorators import signed_out
from gptlab import http
from gptlab.http import HttpRequest


class SameVisitorMiddleware(MiddlewareMixin):
    """Parts for a page whose visit has ended, or on which another account signed in, are refused: SignedOut.

    Pages open to everybody would else answer as if to a stranger, inside the frame of who was here. Signing in and out is for
    whoever comes.
    """

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        shown = request.headers.get("X-Visitor")
        if shown is None or (request.resolver_match and request.resolver_match.app_name == "accounts"):
            return None
        try:
            here = visit.current(request)
        except DatabaseError:
            return None  # the view meets the same, where it becomes an answer
        if (here and visit.mark(here.user_id) == shown) or visit.is_unreachable(request):
            return None
        return http.answer(request, signed_out())


class ReadOnlyMiddleware(MiddlewareMixin):
    """While an announcement says so, whatever would change something is refused: ReadOnly. One can still come, go, and end it."""

    OPEN = frozenset({"accounts:sign-in", "accounts:new-key", "accounts:demo-key", "accounts:sign-out"})

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        place = request.resolver_match
        if request.method in {"GET", "HEAD", "OPTIONS"} or place is None:
            return None
        if place.view_name in self.OPEN or place.namespace == "admin":
            return None
        closed = announcing.read_only(now=timezone.now())
        return http.answer(request, closed) if closed else None
