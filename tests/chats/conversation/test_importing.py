"""A chat from its transcript: the same chat, in a place of its own."""

import json
import uuid

import pytest

from chats import conversation, history, transcript
from chats.errors import UnfitTranscript
from chats.models import ChatSession, Reply, Turn
from tests.chats.conftest import NOW, visit_of
from tests.chats.talking import answer, end, say, start, told, vault_of


@pytest.fixture
def chat(alice, visit, sam):
    """With all that a transcript can have: an edit, a second version, a damaged message, a stopped reply, a title, a recap."""
    session = answer(visit, start(alice, visit, sam), "Hello from **Sam**.").session
    answer(visit, say(alice, visit, session, "Wrong").reply, "Wrong")
    edited = conversation.edit(
        user=alice, visit=visit, session_id=session.pk, turn=1, text="Why?\n\n- 日本語 \0", client_id=str(uuid.uuid4()), now=NOW
    )
    answer(visit, edited.reply, "First")
    anew = conversation.regenerate(user=alice, visit=visit, session_id=session.pk, turn=None, client_id="", now=NOW)
    answer(visit, anew.reply, "Second")
    conversation.rate_reply(user=alice, session_id=session.pk, reply_id=anew.reply.pk, liked=True)
    end(say(alice, visit, session, "To be damaged").reply, "failed")
    Turn.objects.filter(session=session, number=3).update(sealed_text="nothing")
    answer(visit, say(alice, visit, session, "Stop").reply, "Half a", state="stopped")
    conversation.rename(user=alice, visit=visit, session_id=session.pk, title="On ice")
    recap = vault_of(visit).seal_recap("In short.", session_id=session.pk)
    ChatSession.objects.update(sealed_recap=recap, recap_state="done", status="completed")
    return ChatSession.objects.get()


def exported(session, visit):
    return transcript.as_data(ChatSession.objects.select_related("assistant").get(pk=session.pk), vault=vault_of(visit))


def take_in(user, visit, data, client_id=""):
    data = data if isinstance(data, bytes) else json.dumps(data).encode()
    return conversation.import_transcript(user=user, visit=visit, data=data, client_id=client_id, now=NOW)


def test_export_import_and_export_give_the_same(alice, visit, chat):
    first = exported(chat, visit)
    session = take_in(alice, visit, first)
    assert exported(session, visit) == first | {"session": str(session.pk)}
    assert [message["turn"] for message in first["messages"]] == [0, 2, 2, 3, 3, 4, 4]


def test_ids_are_new_and_the_texts_lie_under_keys_of_their_new_place(alice, visit, chat):
    session = take_in(alice, visit, exported(chat, visit))
    assert session.pk != chat.pk
    rows = [*session.turns.exclude(sealed_text=None).exclude(number=3), *session.replies.exclude(sealed_text="")]
    others = {row.sealed_text for row in (*chat.turns.all(), *chat.replies.all())}
    assert rows
    assert not others & {row.sealed_text for row in rows}
    assert all("ice" not in value and "Why" not in value for value in (session.sealed_title, session.sealed_recap))
    assert told(session, visit)[1] == ("Why?\n\n- 日本語 \0", "Second")


def test_another_account_takes_it_in_as_its_own(bob, visit, chat):
    his = visit_of(bob)
    session = take_in(bob, his, exported(chat, visit))
    assert session.user == bob
    assert told(session, his)[1][1] == "Second"


def test_it_is_resumed_and_gone_on_with(alice, visit, chat):
    session = take_in(alice, visit, exported(chat, visit))
    conversation.resume(user=alice, session_id=session.pk)
    said = say(alice, visit, session, "And on")
    answer(visit, said.reply, "On we go")
    assert said.turn.number == 5
    assert told(session, visit)[-1] == ("And on", "On we go")
    assert len(history.exchanges(session, vault=vault_of(visit))) == 5


def test_nothing_imported_is_live_or_waits_for_a_worker(alice, visit, chat):
    data = exported(chat, visit)
    data["messages"][-1]["state"] = "running"
    session = take_in(alice, visit, data)
    assert not session.replies.live().exists()
    assert session.replies.get(turn__number=4).state == "interrupted"
    assert ChatSession.objects.get(pk=session.pk).recap_state == "done"


def test_the_same_form_twice_is_one_chat(alice, visit, chat):
    data, form = exported(chat, visit), str(uuid.uuid4())
    assert take_in(alice, visit, data, form).pk == take_in(alice, visit, data, form).pk
    assert ChatSession.objects.count() == 2


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"is_active": False}, "“Socratic Sam”, who is retired"),
        ({"visibility": "private"}, "Ask whoever made that assistant"),
        ({"active_version": None}, "Ask whoever made that assistant"),
    ],
    ids=["retired", "private", "unfinished"],
)
def test_whom_one_can_not_meet_one_can_not_import_a_chat_with(alice, visit, chat, sam, fields, words):
    data = exported(chat, visit)
    for name, value in fields.items():
        setattr(sam, name, value)
    sam.save()
    with pytest.raises(UnfitTranscript, match=words):
        take_in(alice, visit, data)
    assert (ChatSession.objects.count(), Reply.objects.exclude(session=chat).count()) == (1, 0)


@pytest.mark.parametrize("code", ["", "NOBODY", "../" * 50, "0" * 20])
def test_a_code_that_nobody_has_is_told(alice, visit, chat, code):
    data = exported(chat, visit)
    data["assistant"]["code"] = code
    with pytest.raises(UnfitTranscript, match="whom you can’t meet here"):
        take_in(alice, visit, data)


def test_a_chat_without_any_reply_goes_by_its_assistants_model(alice, visit, chat):
    data = exported(chat, visit)
    data["messages"] = [message for message in data["messages"] if message["role"] == "user"]
    assert take_in(alice, visit, data).model_used_last() == "gpt-4.1-mini"
