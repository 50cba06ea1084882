"""Signing in against a server that speaks the real protocol, through the real SDK: bad input classes 10 to 12."""

from collections.abc import Iterator
from typing import Any

import pytest
import redis
from django.test import Client

from accounts.models import User
from gptlab.llm import client as llm_client
from tests.fakes.upstream import Upstream

from .secrecy import traces

pytestmark = pytest.mark.django_db
ask_the_provider = llm_client.models  # before a fixture puts a fake in its place


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, settings: Any, upstream: object) -> Iterator[Upstream]:
    monkeypatch.setattr(llm_client, "models", ask_the_provider)
    with Upstream() as running:
        settings.OPENAI_BASE_URL = settings.DEMO_BASE_URL = running.base_url
        settings.KEYLESS_SERVERS = [f"Attic={running.base_url}"]
        yield running


def test_a_key_that_the_provider_knows_opens_the_door(server: Upstream, client: Client) -> None:
    assert client.post("/sign-in/", {"provider": "openai", "api_key": "sk-alice-0123456789"}).status_code == 302
    (asked,) = server.sent
    assert (asked["method"], asked["path"]) == ("GET", "/v1/models")
    assert asked["headers"]["authorization"] == "Bearer sk-alice-0123456789"
    assert "gpt-4.1-mini" in client.get("/").context["visit"].models


@pytest.mark.parametrize(
    ("script", "status", "words"),
    [
        ("invalid_key", 422, "OpenAI does not know this key"),
        ("forbidden", 422, "lets it use no model"),
        ("no_models", 422, "lets it use no model"),
        ("quota", 422, "balance is used up"),
        ("rate_limited.7", 429, "slow down"),
        ("status.500", 503, "can’t be reached"),
        ("html.200", 503, "can’t be reached"),
        ("drop", 503, "can’t be reached"),
        ("leaky.401", 422, "OpenAI does not know this key"),
    ],
)
def test_a_key_that_it_does_not_take_is_told_why_and_leaves_nothing(
    server: Upstream, client: Client, redis_server: redis.Redis, caplog: Any, script: str, status: int, words: str
) -> None:
    key = f"sk-script.{script}-marker-of-the-key"
    answer = client.post("/sign-in/", {"provider": "openai", "api_key": key})
    html = answer.content.decode()
    assert answer.status_code == status
    assert words in html
    assert "marker-of-the-key" not in html
    assert "marker-of-the-key" not in caplog.text
    assert traces(redis_server, key.encode()) == []
    assert not User.objects.exists()
    if status == 429:
        assert answer["Retry-After"] == "7"


def test_a_server_that_asks_for_no_key_never_sees_the_one_made_here(server: Upstream, client: Client) -> None:
    assert client.post("/sign-in/attic/").status_code == 302
    key = client.get("/").context["visit"].api_key
    assert key.startswith("lab-")
    assert key not in repr(server.sent)
