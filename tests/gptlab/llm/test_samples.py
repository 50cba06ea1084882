"""The translators against streams in the form in which the services send them, most of them recorded: see samples/README.md."""

import random
from pathlib import Path

import pytest

from gptlab.llm import chat, completion, responses
from gptlab.llm.messages import Delta, Finish, FinishReason, Usage
from gptlab.llm.reading import Reading

SAMPLES = Path(__file__).parent / "samples"
WHOLE = "Ice floats, since it is lighter: 9 %."
CUT = "Ice floats, since"
READ = {
    "chat": (chat, WHOLE, FinishReason.STOP, Usage(23, 11)),
    "chat_router": (chat, WHOLE, FinishReason.STOP, Usage(107, 15)),
    "responses": (responses, WHOLE, FinishReason.STOP, Usage(23, 11)),
    "responses_thinking": (responses, WHOLE, FinishReason.STOP, Usage(23, 75)),
    "responses_cut": (responses, CUT, FinishReason.LENGTH, Usage(23, 16)),
    "completions": (completion, WHOLE, FinishReason.STOP, Usage(23, 11)),
    "completions_logprobs": (completion, CUT, FinishReason.LENGTH, None),
}


def cut_anyhow(data: bytes, seed: int) -> list[bytes]:
    dice, chunks = random.Random(seed), []
    while data:
        size = dice.choice([1, 7, 300, 4096])
        chunks.append(data[:size])
        data = data[size:]
    return chunks


@pytest.mark.parametrize("name", READ)
@pytest.mark.parametrize("seed", [None, 1, 2, 3])
def test_sample_is_read(name, seed):
    endpoint, text, reason, usage = READ[name]
    data = (SAMPLES / f"{name}.sse").read_bytes()
    taken = Reading(endpoint.Reader())
    events = [event for chunk in ([data] if seed is None else cut_anyhow(data, seed)) for event in taken.feed(chunk)]
    events += taken.close()
    assert taken.failure() is None
    assert "".join(event.text for event in events if isinstance(event, Delta)) == text
    assert [event.reason for event in events if isinstance(event, Finish)] == [reason]
    assert [event for event in events if isinstance(event, Usage)] == ([usage] if usage else [])


def test_every_sample_is_read():
    assert {path.stem for path in SAMPLES.glob("*.sse")} == set(READ)
