from dataclasses import replace
from functools import partial

import pytest

from assistants.models import Version
from chats import conversation, memory
from chats.context import Context, TooLong, build, instructions
from chats.counting import counter
from chats.errors import UnfitMessage
from chats.models import Memory
from gptlab.llm import catalog
from gptlab.llm.messages import Message, Role
from tests.chats.conftest import NOW, visit_of

SMALL = catalog.ModelInfo("small", 4_096)
BUDGET = SMALL.input_budget(300)


def load(tokens, *, counted=True, since=0):
    return memory.load(Context((), tokens, 200, since, counted), info=SMALL, budget=BUDGET, condenses=True)


def test_a_reply_is_added_to_what_the_request_took():
    values = memory.with_reply(load(1_000), "Water expands as it freezes.", turn=3)
    assert 1_005 < values["tokens"] < 1_020
    assert values == {"tokens": values["tokens"], "prompt_tokens": 200, "budget": BUDGET, "since": 0, "begins": 2_457}


def test_a_brainstorm_is_never_condensed():
    assert memory.with_reply(replace(load(3_000), condenses=False), "Hello", turn=3)["begins"] is None


def test_a_reply_that_runs_over_fills_the_memory():
    assert memory.with_reply(load(BUDGET - 10), "tea " * 200, turn=3)["tokens"] == BUDGET


def test_after_the_opening_the_oldest_turn_is_the_opening():
    assert memory.with_reply(load(100, since=None), "Hello", turn=0)["since"] == 0


@pytest.mark.parametrize(("tokens", "percent"), [(0, 0), (1, 1), (BUDGET // 2, 50), (BUDGET, 100), (BUDGET * 2, 100)])
def test_the_gauge_shows_how_much_of_the_room_is_taken(tokens, percent):
    assert Memory(tokens=tokens, budget=BUDGET, prompt_tokens=0).percent == percent


@pytest.fixture
def small_chat(alice, sam, settings, tmp_path):
    """A chat of alice's on a model with a small window, and her visit."""
    path = tmp_path / "models.toml"
    path.write_text('[openai."tiny"]\ncontext_window = 4_096\n')
    settings.MODELS_FILE = str(path)
    visit = visit_of(alice, models=("tiny",))
    reply = conversation.start(user=alice, visit=visit, code=sam.code, model="tiny", now=NOW)
    reply.session.replies.update(state="done")
    return reply.session, visit


def say(chat, text):
    session, visit = chat
    client_id = "7f0c1d1e-0d8a-4a54-9d2c-2f1f2c4f6a01"
    return conversation.say(user=session.user, visit=visit, session_id=session.pk, text=text, client_id=client_id, now=NOW)


def test_a_message_larger_than_the_window_is_refused_with_its_size_and_the_limit(small_chat):
    with pytest.raises(UnfitMessage, match=r"takes 5,0\d\d tokens; the model has room for 3,7\d\d\.") as caught:
        say(small_chat, "tea " * 5_000)
    assert caught.value.field == "text"
    assert small_chat[0].turns.count() == 1


@pytest.mark.usefixtures("small_chat")
def test_a_first_message_larger_than_the_window_is_refused_and_begins_no_chat(alice, sam):
    visit = visit_of(alice, models=("tiny",))
    begin = partial(conversation.start, user=alice, visit=visit, code=sam.code, model="tiny", now=NOW)
    with pytest.raises(UnfitMessage, match=r"takes 5,0\d\d tokens; the model has room for 3,7\d\d\.") as caught:
        begin(text="tea " * 5_000)
    assert caught.value.field == "text"
    assert alice.chat_sessions.count() == 1
    assert begin(text="tea " * 3_700).turn.number == 0


@pytest.mark.usefixtures("small_chat")
def test_before_the_first_reply_the_instructions_are_counted_as_the_worker_does(alice, sam):
    version = sam.active_version
    version.initial_prompt = "milk " * 1_000
    version.save()
    info = catalog.model("openai", "tiny")
    said = [(0, Message(Role.USER, "tea " * 2_800))]
    prompt = instructions(version.initial_prompt, is_public=False)
    with pytest.raises(TooLong) as worker:
        build(initial_prompt=prompt, newest_first=said, budget=BUDGET, count=counter(info))
    visit = visit_of(alice, models=("tiny",))
    begin = partial(conversation.start, user=alice, visit=visit, code=sam.code, model="tiny", now=NOW)
    limit = f"takes {worker.value.size:,} tokens; the model has room for {worker.value.most:,}\\."
    with pytest.raises(UnfitMessage, match=limit):
        begin(text="tea " * 2_800)
    assert begin(text="tea " * 2_500).turn.number == 0


@pytest.mark.usefixtures("small_chat")
def test_where_the_instructions_leave_no_room_no_message_is_blamed(alice, sam):
    Version.objects.filter(pk=sam.active_version_id).update(initial_prompt="milk " * 5_000)
    visit = visit_of(alice, models=("tiny",))
    assert conversation.start(user=alice, visit=visit, code=sam.code, model="tiny", text="tea " * 5_000, now=NOW)


def test_the_limit_leaves_room_for_the_assistants_instructions(small_chat):
    memory.store(small_chat[0].pk, {"tokens": 900, "prompt_tokens": 800, "budget": 3_796, "since": 0})
    with pytest.raises(UnfitMessage, match="room for 2,996"):
        say(small_chat, "tea " * 3_200)
    assert say(small_chat, "tea " * 2_800).is_new


def test_a_message_that_fits_for_sure_is_not_counted(small_chat, monkeypatch):
    monkeypatch.setattr(memory, "counter", lambda info: pytest.fail("counted"))
    assert say(small_chat, "tea " * 800).is_new
