"""What one gets instead of what one asked for: a page in the common design, or for htmx a notice on the page that is open.

A page has the visitor's frame around it where their visit can be read, and stands alone where it can't: what failed may be needed
for that. Whatever was written in the form comes back in it. `http` turns domain errors into these.
"""

import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, RawPostDataException, UnreadablePostError
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from gptlab.context import site

WRITTEN = ("text", "notes", "title", "initial_prompt", "description")  # fields in which visitors write: messages, notes, prompts
_REFERENCE = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


class WayOut(StrEnum):
    LOUNGE = "lounge"
    HOME = "home"
    RELOAD = "reload"
    BACK = "back"  # to the page that the form was on
    SIGN_IN = "sign_in"
    STAY = "stay"  # what one needs is on the page already


@dataclass(frozen=True, slots=True)
class Trouble:
    """`title` has no full stop, `detail` is sentences."""

    status: int
    title: str
    detail: str = ""
    way: WayOut = WayOut.LOUNGE
    back: str = "/"  # where the visitor is to go on
    wait: int = 0  # seconds until another try makes sense
    reference: str = ""  # under which whoever runs this finds it in the log


def answer(request: HttpRequest, trouble: Trouble, *, alone: bool = False) -> HttpResponse:
    """`alone`: the visit is not to be asked for."""
    is_part = request.headers.get("HX-Request") == "true"
    template = "errors/_error.html" if is_part else "errors/error.html"
    context = {"trouble": trouble, "draft": draft(request)}
    response = HttpResponse(_alone(template, context, request) if alone else _framed(template, context, request))
    response.status_code = trouble.status
    response["Cache-Control"] = "no-store"  # asking who is signed in may be what fails
    if is_part:
        response["HX-Retarget"] = "#notice"
        response["HX-Reswap"] = "innerHTML"
    if trouble.wait:
        response["Retry-After"] = str(trouble.wait)
    return response


def reference() -> str:
    """Short enough to be told on the telephone."""
    return "E-" + "".join(secrets.choice(_REFERENCE) for _i in range(6))


def wrong_method(request: HttpRequest) -> Trouble:
    title = _("This address can’t be used like that")
    if request.method in {"GET", "HEAD"}:
        return Trouble(405, title, _("It only takes what a button of ours sends. Nothing was changed."))
    return Trouble(405, title, _("It can only be looked at. Nothing was changed."))


def draft(request: HttpRequest, fields: tuple[str, ...] = WRITTEN) -> str | None:
    """What was written in the form, if there is something and the form can be read at all."""
    try:
        return next((request.POST[name] for name in fields if name in request.POST), None)
    except (SuspiciousOperation, BadRequest, UnreadablePostError, RawPostDataException):
        return None


def _framed(template: str, context: dict[str, Any], request: HttpRequest) -> str:
    try:
        return render_to_string(template, context, request=request)
    except DatabaseError:
        return _alone(template, context, request)


def _alone(template: str, context: dict[str, Any], request: HttpRequest) -> str:
    """`request` as a mere variable: no context processor runs."""
    return render_to_string(template, context | {"request": request} | site(request))
