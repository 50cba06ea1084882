"""Who is in the tests: alice, who owns, and bob, who does not. Each is signed in with a browser of their own."""

from dataclasses import dataclass
from importlib import import_module

from django.conf import settings
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone

from accounts import credentials, visit
from accounts.models import User
from gptlab import words


@dataclass(frozen=True)
class Visitor:
    user: User
    visit: visit.Visit
    client: Client


def visitor(name: str, *, provider: str = "openai", models: tuple[str, ...] = ("gpt-4.1-mini",)) -> Visitor:
    """Someone with an account and an open visit, made by the code that makes them in life; only the upstream was not asked."""
    key = f"sk-test-{name}-0123456789abcdef0123456789abcdef"
    newest = credentials.newest_root(provider=provider, key=key)
    account = credentials.make(provider=provider, newest=newest, terms_version=words.terms_version(), now=timezone.now())
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore()
    visit.begin(request, account.user, provider=provider, api_key=key, data_key=account.data_key, models=models, can_chat=True)
    request.session.save()
    request.user = account.user
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key
    return Visitor(account.user, visit.current(request), client)
