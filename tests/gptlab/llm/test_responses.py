import orjson

from gptlab.llm import responses
from gptlab.llm.catalog import ModelInfo
from gptlab.llm.messages import Message, Request, Role, Sampling

EVERYTHING = Sampling(max_tokens=500, temperature=0.3, top_p=0.9, frequency_penalty=0.1, presence_penalty=0.2)


def body(*, sampling=EVERYTHING, text="Hello", store=None, **facts):
    request = Request("openai", "m", (Message(Role.SYSTEM, "Be kind."), Message(Role.USER, text)), sampling)
    return responses.body(request, ModelInfo("m", 128_000, endpoint="responses", **facts), store=store)


def test_body_streams_and_is_forgotten_whether_or_not_the_provider_is_known_to_store():
    for store in (None, False):
        assert body(sampling=Sampling(), store=store) == {
            "model": "m",
            "input": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hello"}],
            "stream": True,
            "store": False,
        }


def test_model_gets_what_the_endpoint_knows():
    fields = body()
    assert (fields["max_output_tokens"], fields["temperature"], fields["top_p"]) == (500, 0.3, 0.9)
    assert not {"max_tokens", "frequency_penalty", "presence_penalty", "stream_options"} & fields.keys()


def test_reasoning_model_gets_no_sampling_and_room_to_think():
    fields = body(reasoning=True, parameters=frozenset())
    assert fields["max_output_tokens"] == 25_500
    assert "temperature" not in fields


def test_no_limit_is_asked_where_there_is_to_be_none():
    assert "max_output_tokens" not in body(max_tokens_name="")


def test_every_text_can_be_sent():
    assert orjson.loads(orjson.dumps(body(text="a\ud83eb")))["input"][1]["content"] == "a\ufffdb"
