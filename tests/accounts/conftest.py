"""The cast: alice has an account, bob another, mallory wants into both. And an upstream that says what a test tells it to."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from accounts import signing_in
from gptlab.llm import errors as upstream_errors

from . import staff

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ALICE_KEY = "sk-proj-alice-3fU1zQ8sT0vW5xY7aB2cD4eF6gH"
BOB_KEY = "sk-proj-bob-9hJ8kL7mN6pQ5rS4tU3vW2xY1zA"


@dataclass
class Upstream:
    """Stands for `gptlab.llm.client.models`. It knows every key, unless told otherwise."""

    listed: list[str] = field(default_factory=lambda: ["gpt-a", "gpt-b"])
    trouble: upstream_errors.UpstreamError | None = None
    calls: list[tuple[str, str]] = field(default_factory=list)

    def __call__(self, provider_id: str, *, api_key: str) -> list[str]:
        self.calls.append((provider_id, api_key))
        if self.trouble:
            raise self.trouble
        return self.listed


@pytest.fixture(autouse=True)
def own_settings(settings: Any) -> None:
    settings.KEYLESS_SERVERS = ["Attic=http://127.0.0.1:9/v1"]
    settings.DEMO_BASE_URL = "http://127.0.0.1:9/v1"


@pytest.fixture(autouse=True)
def upstream(monkeypatch: pytest.MonkeyPatch) -> Upstream:
    """For every test: none may ever ask a real one."""
    fake = Upstream()
    monkeypatch.setattr("gptlab.llm.client.models", fake)
    return fake


@pytest.fixture
def sign_in(upstream: Upstream) -> Callable[..., signing_in.SignedIn]:
    def call(api_key: str = ALICE_KEY, provider: str = "openai", now: datetime = NOW, **rest: Any) -> signing_in.SignedIn:
        return signing_in.sign_in(provider=provider, api_key=api_key, now=now, list_models=upstream, **rest)

    return call


@pytest.fixture
def quick_passwords(settings: Any) -> None:
    """For tests that type many."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def mo(db: None, quick_passwords: None) -> Any:
    """Who may do everything in the admin."""
    from accounts.models import User

    return User.objects.create_superuser("mo", staff.PASSWORD)


class Clock:
    """Codes change when the test says so."""

    def __init__(self) -> None:
        self.now = time.time()

    def later(self, seconds: int = 30) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("accounts.authenticator.time", lambda: made.now)
    return made


@pytest.fixture
def set_up(mo: Any, clock: Clock) -> list[str]:
    """Mo has a second factor, and these recovery codes; the next code of the app is there."""
    codes: list[str] = staff.confirm(mo, clock)
    clock.later()
    return codes
