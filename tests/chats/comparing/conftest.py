"""Alice's assistant with two versions, and two messages that she tries it with."""

import pytest

from chats import comparing
from tests.chats.conftest import NOW, make_assistant
from tests.chats.talking import answer

NEXT = {"initial_prompt": "Ask twice.", "summary_prompt": "", "model": "gpt-4.1-mini", "max_tokens": 300}
DRAFT = NEXT | {"initial_prompt": "Ask three times."}


@pytest.fixture
def kit(alice):
    """Version 1 and version 2, which is live."""
    kit = make_assistant(name="Kit", creator=alice, visibility="private", showcased=False)
    kit.add_version(now=NOW, **NEXT)
    return kit


@pytest.fixture
def messages(alice, visit, kit):
    return [comparing.save(user=alice, visit=visit, assistant=kit, text=text, now=NOW) for text in ("Why?", "What for?")]


@pytest.fixture
def pair(kit):
    return comparing.pair_of(kit, left="1", right="2", draft=None, now=NOW)


def run(alice, visit, pair, messages, **more):
    return comparing.run(user=alice, visit=visit, pair=pair, messages=messages, now=NOW, **({"is_blind": False} | more))


def answered(alice, visit, pair, messages, **more):
    """What a worker leaves of a run; as the comparison of the last message."""
    for reply in run(alice, visit, pair, messages, **more):
        answer(visit, reply, "Because.")
    return compared(visit, pair, messages)


def compared(visit, pair, messages):
    return comparing.compared(pair=pair, visit=visit, messages=[message.id for message in messages])[messages[-1].id]
