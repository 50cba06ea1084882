from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from accounts import context, visit
from accounts.models import User
from accounts.visit import SessionStore

from .conftest import NOW


def a_request() -> Any:
    request: Any = RequestFactory().get("/")
    request.session, request.user = SessionStore(), AnonymousUser()
    return request


@pytest.fixture
def signed_in(db: None) -> Any:
    request = a_request()
    user = User.objects.create_visitor(terms_version="1", now=NOW)
    visit.begin(request, user, provider="openai", api_key="sk-x", data_key=b"x" * 32, models=(), can_chat=True)
    request.session[visit.NEW_KEY] = {"provider": "Demo", "key": "demo-x"}
    return request


def test_nobody_has_no_visit_but_sees_the_providers() -> None:
    found = context.visit(a_request())
    assert (found["visit"], found["visit_minutes_left"], found["new_key"]) == (None, 0, None)
    assert [provider.id for provider in found["providers"]] == ["openai", "attic", "demo"]


def test_a_page_without_a_session_works() -> None:
    request: Any = RequestFactory().get("/")
    assert context.visit(request)["visit"] is None


def test_a_visitor_sees_how_long_it_lasts(signed_in: Any) -> None:
    found = context.visit(signed_in)
    assert found["visit"].provider == "openai"
    assert found["visit_minutes_left"] == 30


def test_a_minted_key_is_forgotten_only_when_a_page_shows_it(signed_in: Any) -> None:
    context.visit(signed_in)
    assert visit.NEW_KEY in signed_in.session
    assert context.visit(signed_in)["new_key"]["key"] == "demo-x"
    assert visit.NEW_KEY not in signed_in.session
    assert not context.visit(signed_in)["new_key"]
