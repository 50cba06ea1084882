"""The admin, as staff enter it: name and password, and a code where they have set up a second factor or must."""

from typing import Any

import segno
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp import login as remember

from accounts import audit, two_factor
from accounts.models import User
from gptlab.errors import Conflict, Invalid, Limited, Unavailable


class LabAdminSite(admin.AdminSite):
    site_header = site_title = gettext_lazy("GPT Lab")
    index_title = gettext_lazy("Running this place")
    login_template = "admin/sign_in.html"

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.disable_action("delete_selected")  # what is deleted is looked at one by one, and each leaves its entry

    def has_permission(self, request: HttpRequest) -> bool:
        staff = self._staff(request)
        return staff is not None and two_factor.is_enough(staff, request.session)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Who is in but for a second factor that they have to set up goes there."""
        answer = super().login(request, extra_context)
        staff = self._staff(request)
        if request.method == "POST" and answer.status_code == 302 and staff is not None:
            if two_factor.of(staff) is None:
                request.session.pop(DEVICE_ID_SESSION_KEY, None)  # of one that was reset
            audit.record("signed in", by=staff, now=timezone.now(), subject=str(staff))
        if staff is not None and two_factor.must_set_up(staff, request.session):
            return redirect("admin:two-factor")
        return answer

    def get_urls(self) -> list[Any]:
        return [path("two-factor/", never_cache(self.two_factor), name="two-factor"), *super().get_urls()]

    def two_factor(self, request: HttpRequest) -> HttpResponse:
        """Set up while there is none; else new codes, or off. Who has one must have shown a code to come here."""
        staff = self._staff(request)
        device = two_factor.of(staff) if staff is not None else None
        if staff is None or not (self.has_permission(request) or two_factor.must_set_up(staff, request.session)):
            return redirect("admin:login")
        context: dict[str, Any] = {"is_on": device is not None}
        try:
            if request.method == "POST":
                context["codes"] = _change(request, staff, is_on=device is not None)
        except (Invalid, Conflict, Limited, Unavailable) as error:
            context |= {"error": str(error), "wrong": getattr(error, "field", "")}
        if "codes" in context and not context["codes"]:
            return redirect("admin:index")
        if device is None and "codes" not in context:
            pending = two_factor.begin(request.session)
            context |= {"key": pending.key_text, "square": _square(pending.address(str(staff)))}
        context |= {**self.each_context(request), "title": _("Two-factor")}
        return TemplateResponse(request, "admin/two_factor.html", context, status=422 if "error" in context else 200)

    def _staff(self, request: HttpRequest) -> User | None:
        """Who has signed in with a password; whether that is enough is another question."""
        return request.user if isinstance(request.user, User) and super().has_permission(request) else None


def _change(request: HttpRequest, staff: User, *, is_on: bool) -> list[str]:
    """The codes to be shown; none after turning it off. Raises Invalid, Conflict, Limited, Unavailable."""
    code, password, now = request.POST.get("code", ""), request.POST.get("password", ""), timezone.now()
    if is_on and request.POST.get("wish") == "off":
        two_factor.turn_off(staff, password=password, code=code, now=now)
        del request.session[DEVICE_ID_SESSION_KEY]
        return []
    if is_on:
        return two_factor.renew_codes(staff, password=password, code=code, now=now)
    device, codes = two_factor.confirm(staff, code, session=request.session, now=now)
    remember(request, device)
    return codes


def _square(text: str) -> str:
    """A QR code as SVG with neither style nor script."""
    drawn: str = segno.make(text, micro=False).svg_inline(border=2, omitsize=True, dark="#000", light="#fff")
    return mark_safe(drawn)  # noqa: S308
