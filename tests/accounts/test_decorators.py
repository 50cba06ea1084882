"""Who may what, as a table: who asks × how they ask → what they get."""

from typing import Any

import pytest
from django.contrib import auth
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import RequestFactory
from django_htmx.middleware import HtmxDetails

from accounts import visit, visit_entry
from accounts.decorators import visitor_required
from accounts.models import User
from accounts.visit import SessionStore
from gptlab import errors

from .conftest import ALICE_KEY, NOW

pytestmark = pytest.mark.django_db


@visitor_required
def page(request: Any, here: visit.Visit, number: int) -> HttpResponse:
    assert here.api_key == ALICE_KEY
    return HttpResponse(f"page {number}")


def a_request(token: str | None, method: str, headers: dict[str, str]) -> Any:
    request: Any = RequestFactory().generic(method, "/page/7/?q=a+b", headers=headers)
    request.session = SessionStore(token)
    request.user = auth.get_user(request)
    request.htmx = HtmxDetails(request)
    return request


def token_of(who: str, settings: Any, tmp_path: Any) -> str | None:
    if who == "nobody":
        return None
    if who in {"a stranger's token", "nobody can tell"}:
        if who == "nobody can tell":
            settings.REDIS_URL = f"unix://{tmp_path}/none.sock?db=0"
        return visit_entry.new_token()
    request = a_request(None, "GET", {})
    if who == "staff":
        auth.login(request, User.objects.create_superuser("staff", "a long password of mine"))
    else:
        user = User.objects.create_visitor(terms_version="1", now=NOW)
        can_chat = who != "a visitor who can't chat"
        visit.begin(request, user, provider="openai", api_key=ALICE_KEY, data_key=b"x" * 32, models=(), can_chat=can_chat)
    request.session.save()
    token = str(request.session.session_key)
    if who == "a visitor who left":
        visit.end(request)
    if who == "a visitor whose account was closed":
        User.objects.update(is_active=False)
    if who == "a visitor whose account was deleted":
        User.objects.all().delete()
    return token


IN, TO_SIGN_IN, OUT, AWAY = "page 7", "/sign-in/?next=/page/7/%3Fq%3Da%2Bb", errors.SignedOut, errors.Unavailable
ASKED = [("GET", {}), ("HEAD", {}), ("POST", {}), ("GET", {"HX-Request": "true"}), ("POST", {"HX-Request": "true"})]
TABLE = {
    "nobody": [TO_SIGN_IN, TO_SIGN_IN, OUT, OUT, OUT],
    "a stranger's token": [TO_SIGN_IN, TO_SIGN_IN, OUT, OUT, OUT],
    "a visitor": [IN, IN, IN, IN, IN],
    "a visitor who can't chat": [IN, IN, IN, IN, IN],
    "a visitor who left": [TO_SIGN_IN, TO_SIGN_IN, OUT, OUT, OUT],
    "a visitor whose account was closed": [TO_SIGN_IN, TO_SIGN_IN, OUT, OUT, OUT],
    "a visitor whose account was deleted": [TO_SIGN_IN, TO_SIGN_IN, OUT, OUT, OUT],
    "staff": [TO_SIGN_IN, TO_SIGN_IN, OUT, OUT, OUT],
    "nobody can tell": [AWAY, AWAY, AWAY, AWAY, AWAY],
}
CASES = [(who, *asked, expected) for who, row in TABLE.items() for asked, expected in zip(ASKED, row, strict=True)]


@pytest.mark.parametrize(("who", "method", "headers", "expected"), CASES)
def test_only_a_visitor_gets_in(settings: Any, tmp_path: Any, who: str, method: str, headers: Any, expected: Any) -> None:
    request = a_request(token_of(who, settings, tmp_path), method, headers)
    if isinstance(expected, str):
        answer = page(request, number=7)
        assert answer.get("Location", answer.content.decode()) == expected
    else:
        with pytest.raises(expected):
            page(request, number=7)


def test_it_keeps_the_name_of_the_view() -> None:
    assert page.__name__ == "page"


def test_without_a_session_one_signs_in_first() -> None:
    request: Any = RequestFactory().get("/page/")
    request.user, request.session, request.htmx = AnonymousUser(), SessionStore(), HtmxDetails(request)
    assert page(request, number=7).status_code == 302
