import orjson
import pytest

from gptlab.llm import catalog, chat, model_facts
from gptlab.llm.messages import Message, Request, Role, Sampling

EVERYTHING = Sampling(max_tokens=500, temperature=0.3, top_p=0.9, frequency_penalty=0.1, presence_penalty=0.2)


def body(model="gpt-4.1-mini", *, provider="openai", sampling=EVERYTHING, text="Hello", **more):
    request = Request(provider, model, (Message(Role.SYSTEM, "Be kind."), Message(Role.USER, text)), sampling)
    return chat.body(request, catalog.model(provider, model), **more)


def test_body_streams_and_asks_for_usage():
    assert body(sampling=Sampling()) == {
        "model": "gpt-4.1-mini",
        "messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hello"}],
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def test_store_is_said_only_to_who_knows_it():
    assert body(store=False)["store"] is False
    assert "store" not in body()


def test_model_gets_what_it_accepts():
    fields = body()
    assert fields["max_completion_tokens"] == 500
    assert {name: fields[name] for name in catalog.SAMPLING_PARAMETERS} == {
        "temperature": 0.3,
        "top_p": 0.9,
        "frequency_penalty": 0.1,
        "presence_penalty": 0.2,
    }


def test_reasoning_model_gets_no_sampling_and_room_to_think():
    fields = body("gpt-6-luna")
    assert fields["max_completion_tokens"] == 500 + model_facts.REASONING_ROOM
    assert not catalog.SAMPLING_PARAMETERS & fields.keys()


def test_limit_is_never_above_the_model_s_own():
    assert body(sampling=Sampling(max_tokens=10**6))["max_completion_tokens"] == 32_768


def test_keyless_server_gets_the_old_name_of_the_limit():
    fields = body("llama3.2", provider="attic-box")
    assert fields["max_tokens"] == 500
    assert "max_completion_tokens" not in fields


@pytest.mark.parametrize(("text", "sent"), [("a\ud83eb", "a\ufffdb"), ("\ud83e\uddea", "🧪"), ("🧪", "🧪"), ("a\0b", "a\0b")])
def test_every_text_can_be_sent(text, sent):
    fields = body(text=text)
    assert orjson.loads(orjson.dumps(fields))["messages"][1]["content"] == sent
