import io
import json
import secrets
import sys
from contextlib import contextmanager

import pytest
from django.core.management import CommandError, call_command

from gptlab import child_process
from gptlab.llm.upstream_check import check
from gptlab.management.commands.lab import accepts
from tests.fakes.scripts import SCRIPTS
from tests.gptlab.llm.asking import KEY
from tests.lab import free_port, wait_until


@pytest.fixture
def key(monkeypatch):
    monkeypatch.setenv("GPTLAB_CHECK_KEY", KEY)


def said_by(*arguments):
    call_command("check_upstream", *arguments, stdout=(out := io.StringIO()))
    return out.getvalue()


def endpoint(found, name):
    return next(each for each in found.endpoints if each.endpoint == name)


def test_each_endpoint_is_tried_and_what_it_does_is_told():
    found = check("openai", api_key=KEY, model="gpt-4.1-mini")
    assert found.can_chat
    assert [each.endpoint for each in found.endpoints] == ["chat", "responses", "completions"]
    for each in found.endpoints:
        assert (each.works, each.streams, each.tells_usage, each.model) == (True, True, True, "gpt-4.1-mini")
        assert each.first_text_seconds is not None
    assert found.moderation == "works"


def test_each_endpoint_is_asked_at_its_own_address(upstream):
    before = len(upstream.sent)
    check("openai", api_key=KEY, model="gpt-4.1-mini")
    asked = [record["path"] for record in upstream.sent[before:]]
    assert asked == ["/v1/models", "/v1/chat/completions", "/v1/responses", "/v1/completions"]


def test_without_a_model_each_endpoint_has_one_that_is_known_for_it(every_endpoint, upstream, monkeypatch):
    monkeypatch.setattr(upstream, "models", ("over-completions", "over-responses", "over-chat"))
    found = check("openai", api_key=KEY)
    assert [each.model for each in found.endpoints] == ["over-chat", "over-responses", "over-completions"]
    assert all(each.is_own for each in found.endpoints)


def test_a_key_that_is_refused_can_not_chat(key, monkeypatch):
    monkeypatch.setenv("GPTLAB_CHECK_KEY", "sk-script.invalid_key-0123456789")
    with pytest.raises(CommandError, match="Signing in asks for its models: the key is not accepted") as refusal:
        said_by("openai")
    assert refusal.value.returncode == 1


def test_a_model_that_fails_can_not_chat(key, upstream, monkeypatch):
    monkeypatch.setattr(upstream, "models", ("script:quota",))
    with pytest.raises(CommandError, match="No endpoint works with script:quota"):
        said_by("openai", "--model", "script:quota")


def test_a_model_that_is_not_listed_can_not_be_chosen_by_visitors(key):
    with pytest.raises(CommandError, match="secret-model is not among the models that it lists"):
        said_by("openai", "--model", "secret-model")


def test_a_server_without_a_key_is_sent_none(upstream):
    before = len(upstream.sent)
    assert check("attic-box", api_key="lab-secret").can_chat
    assert {record["headers"]["authorization"] for record in upstream.sent[before:]} == {"Bearer none"}
    assert "this provider has none" in said_by("attic-box")


def test_a_server_that_is_away_is_unreachable(settings):
    settings.KEYLESS_SERVERS = ["Gone=http://127.0.0.1:9/v1"]
    with pytest.raises(CommandError, match=r"there is no connection to its address\."):
        said_by("gone")


def test_text_that_comes_all_at_once_is_no_stream(key, upstream, monkeypatch):
    monkeypatch.setattr(upstream, "models", ("script:say:1",))
    assert "comes all at once" in said_by("openai", "--model", "script:say:1")


def test_another_endpoint_that_works_is_named_for_the_models_file(key, upstream, monkeypatch):
    monkeypatch.setattr(upstream, "models", ("script:completions_only",))
    monkeypatch.setitem(SCRIPTS, "completions_only", completions_only)
    with pytest.raises(CommandError, match=r'\[openai."script:completions_only"\] endpoint = "completions"'):
        said_by("openai", "--model", "script:completions_only")


async def completions_only(call):
    if call.endpoint == "completions":
        return await SCRIPTS["echo"](call)
    return await SCRIPTS["status"](call, "404")


def test_what_will_work_is_said_in_words_and_the_key_never(key):
    said = said_by("openai", "--model", "gpt-4.1-mini")
    assert "Visitors can sign in and chat: with gpt-4.1-mini, over Chat Completions." in said
    assert "Moderation works" in said
    assert KEY not in said


def test_moderation_that_is_off_is_not_tried(key, settings, upstream):
    settings.MODERATE_MESSAGES = False
    before = len(upstream.aside)
    assert "MODERATE_MESSAGES is off" in said_by("openai")
    assert len(upstream.aside) == before


def test_a_program_gets_json(key):
    told = json.loads(said_by("openai", "--json"))
    assert told["can_chat"] is True
    assert len(told["endpoints"]) == 3


def test_an_unknown_provider_is_answered_with_the_list():
    with pytest.raises(CommandError, match=r"There are: openai, attic-box\.") as refusal:
        said_by("nobody")
    assert refusal.value.returncode == 2


@contextmanager
def demo(tmp_path):
    port = free_port()
    process = child_process.start([sys.executable, "-m", "gptlab.llm.demo", "--port", str(port)], log=tmp_path / "demo.log")
    wait_until(lambda: accepts(port), 20, "no demo")
    yield f"http://127.0.0.1:{port}/v1"
    child_process.stop([process], seconds=5)


def test_the_demo_has_all_of_it(settings, tmp_path):
    with demo(tmp_path) as url:
        settings.DEMO_BASE_URL = url
        found = check("demo", api_key="demo-" + secrets.token_hex(16))
        assert found.can_chat
        assert all(each.works and each.is_own and each.streams for each in found.endpoints)
        assert found.moderation == "works"
        assert "Visitors can sign in and chat" in said_by("demo")
