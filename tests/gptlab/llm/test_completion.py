import orjson

from gptlab.llm import completion
from gptlab.llm.catalog import ModelInfo
from gptlab.llm.messages import Message, Request, Role, Sampling

EVERYTHING = Sampling(max_tokens=500, temperature=0.3, top_p=0.9, frequency_penalty=0.1, presence_penalty=0.2)


def body(*, sampling=EVERYTHING, text="Hello", store=False, **facts):
    request = Request("openai", "m", (Message(Role.SYSTEM, "Be kind."), Message(Role.USER, text)), sampling)
    return completion.body(request, ModelInfo("m", 4096, endpoint="completions", **facts), store=store)


def test_body_is_one_text_with_its_stops():
    assert body(sampling=Sampling()) == {
        "model": "m",
        "prompt": "<|system|>\nBe kind.\n<|user|>\nHello\n<|assistant|>\n",
        "stop": ["<|system|>", "<|user|>", "<|assistant|>"],
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": 1024,  # unsaid, it would be 16
    }


def test_model_gets_what_it_accepts():
    fields = body(parameters=frozenset({"temperature"}))
    assert (fields["max_tokens"], fields["temperature"]) == (500, 0.3)
    assert not {"top_p", "frequency_penalty", "presence_penalty", "store"} & fields.keys()


def test_limit_leaves_half_of_the_window_to_the_prompt():
    assert body(sampling=Sampling(max_tokens=10_000))["max_tokens"] == 2048


def test_usage_is_not_asked_of_who_does_not_know_it():
    assert "stream_options" not in body(tells_usage=False)


def test_every_text_can_be_sent():
    assert "a\ufffdb" in orjson.loads(orjson.dumps(body(text="a\ud83eb")))["prompt"]
