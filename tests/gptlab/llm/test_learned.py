import pytest

from gptlab.llm import learned
from gptlab.llm.catalog import SAMPLING_PARAMETERS, ModelInfo


def known(*refused, **facts):
    for parameter in refused:
        learned.learn("openai", "m", parameter)
    return learned.known("openai", ModelInfo("m", 8192, **facts))


def test_what_was_never_refused_is_as_the_catalog_says():
    assert known() == ModelInfo("m", 8192)


def test_refused_fields_are_gone_and_no_other():
    info = known("temperature", "stream_options")
    assert info.parameters == SAMPLING_PARAMETERS - {"temperature"}
    assert info.tells_usage is False
    assert info.max_tokens_name == "max_tokens"


@pytest.mark.parametrize(
    ("endpoint", "name", "refused", "left"),
    [
        ("chat", "max_tokens", ["max_tokens"], "max_completion_tokens"),
        ("chat", "max_completion_tokens", ["max_completion_tokens"], "max_tokens"),
        ("chat", "max_tokens", ["max_tokens", "max_completion_tokens"], ""),
        ("chat", "most", ["temperature"], "most"),
        ("chat", "most", ["most"], ""),
        ("chat", "", ["temperature"], ""),
        ("responses", "max_tokens", ["max_tokens"], "max_tokens"),
        ("responses", "max_tokens", ["max_output_tokens"], ""),
        ("completions", "max_tokens", ["max_tokens"], ""),
    ],
)
def test_limit_takes_its_other_name_if_it_has_one(endpoint, name, refused, left):
    assert known(*refused, endpoint=endpoint, max_tokens_name=name).max_tokens_name == left


def test_one_provider_s_refusal_is_not_another_s():
    learned.learn("attic-box", "m", "temperature")
    assert known() == ModelInfo("m", 8192)


def test_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(learned, "MODELS_MOST", 10)
    for number in range(100):
        learned.learn("openai", f"model-{number}", "temperature")
    assert len(learned._refused) <= 10
    assert "temperature" not in learned.known("openai", ModelInfo("model-99", 9)).parameters
