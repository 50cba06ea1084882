import time

import pytest

from gptlab.llm import client, errors
from tests.gptlab.llm.asking import PROMPT


def key(script: str = "") -> str:
    return f"sk-script.{script}-0123456789" if script else "sk-alice-0123456789"


def test_models_of_the_key_are_listed_in_order(upstream):
    assert client.models("openai", api_key=key()) == sorted(upstream.models)
    assert upstream.sent[-1]["headers"]["authorization"] == f"Bearer {key()}"
    assert upstream.sent[-1]["path"] == "/v1/models"


def test_what_is_no_name_is_left_out():
    assert client.models("openai", api_key=key("odd_models")) == ["gpt-6-luna"]


def test_key_without_models_gets_none():
    assert client.models("openai", api_key=key("no_models")) == []


def test_long_list_is_read():
    assert len(client.models("attic-box", api_key="lab-0123456789")) > 0
    assert len(client.models("openai", api_key=key("models.3000"))) == 3000


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        ("invalid_key", errors.KeyRejected),
        ("forbidden", errors.ModelNotAllowed),
        ("quota", errors.QuotaExceeded),
        ("rate_limited.7", errors.RateLimited),
        ("status.500", errors.ServerFailed),
        ("status.404", errors.BadRequest),
        ("html.200", errors.ServerFailed),
        ("html.503", errors.ServerFailed),
        ("drop", errors.Unreachable),
        ("redirect", errors.BadRequest),
        ("endless_models", errors.ServerFailed),
        ("endless_error", errors.ServerFailed),
        ("leaky", errors.BadRequest),
    ],
)
def test_refusal_becomes_an_error_of_ours(upstream, script, kind):
    with pytest.raises(errors.UpstreamError) as caught:
        client.models("openai", api_key=key(script))
    assert caught.type is kind


def test_rate_limit_says_how_long():
    with pytest.raises(errors.RateLimited) as caught:
        client.models("openai", api_key=key("rate_limited.7"))
    assert caught.value.retry_after == 7.0


def test_silence_times_out(monkeypatch):
    monkeypatch.setattr(client, "MODELS_SECONDS", 0.3)
    began = time.monotonic()
    with pytest.raises(errors.TimedOut):
        client.models("openai", api_key=key("hang"))
    assert time.monotonic() - began < PROMPT


def test_nobody_there_is_unreachable(settings):
    settings.OPENAI_BASE_URL = "http://127.0.0.1:9/v1"
    with pytest.raises(errors.Unreachable):
        client.models("openai", api_key=key())


def test_key_that_is_no_header_is_rejected_without_asking(upstream):
    before = len(upstream.sent)
    with pytest.raises(errors.KeyRejected):
        client.models("openai", api_key="sk-a\r\nb")
    assert len(upstream.sent) == before
