"""Assistants for tests, and the cast: alice owns, bob does not."""

import itertools
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts import visit
from accounts.models import User
from assistants.models import Assistant, Version


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def alice(now: datetime) -> User:
    return User.objects.create_visitor(terms_version="test", now=now)


@pytest.fixture
def bob(now: datetime) -> User:
    return User.objects.create_visitor(terms_version="test", now=now)


@pytest.fixture
def sign_in(client: Client) -> Callable[[User], None]:
    """Begins a visit with a key, as signing in does; `client.force_login` would make a visitor without one."""

    def begin(user: User) -> None:
        request = RequestFactory().get("/")
        request.session = visit.SessionStore()
        visit.begin(request, user, provider="demo", api_key="demo-key", data_key=b"k" * 32, models=[], can_chat=True)
        request.session.save()
        client.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key

    return begin


@pytest.fixture
def make_assistant(now: datetime) -> Callable[..., Assistant]:
    numbers = itertools.count(1)

    def make(*, prompt: str = "You are a test.", openness: str = "secret", **fields: Any) -> Assistant:
        listed = {"name": f"Robot {next(numbers)}", "visibility": Assistant.Visibility.LISTED, "created_at": now}
        listed["is_house"] = fields.get("creator") is None
        assistant = Assistant.objects.create(**(listed | fields))
        version = Version.objects.create(
            assistant=assistant, number=1, initial_prompt=prompt, model="test", openness=openness, created_at=now
        )
        Assistant.objects.filter(pk=assistant.pk).update(active_version=version)
        assistant.refresh_from_db()
        return assistant

    return make
