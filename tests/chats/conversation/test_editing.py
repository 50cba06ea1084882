import uuid

import pytest

from chats import conversation, history
from chats.errors import Busy, ClientIdReused, NothingToEdit, SessionOver, UnfitMessage
from chats.models import ChatSession, Turn
from gptlab.errors import Missing
from tests.chats.conftest import NOW, visit_of
from tests.chats.talking import answer, end, say, told, vault_of

pytestmark = pytest.mark.django_db


def edit(user, visit, session, text="too", *, turn=2, client_id=None):
    form_id = str(client_id or uuid.uuid4())
    return conversation.edit(user=user, visit=visit, session_id=session.pk, turn=turn, text=text, client_id=form_id, now=NOW)


def test_an_edited_message_takes_the_place_of_the_old_one_which_is_kept(alice, visit, session):
    said = edit(alice, visit, session)
    answer(visit, said.reply, "re: too")
    assert told(session, visit) == [(None, "Welcome"), ("one", "re: one"), ("too", "re: too")]
    old = Turn.objects.get(session=session, number=2)
    assert old.superseded
    assert vault_of(visit).open_turn(old.sealed_text, session_id=session.pk, turn=2) == "two"


def test_the_model_sees_the_edited_message_only(alice, visit, session):
    said = edit(alice, visit, session)
    newest_first = history.said_newest_first(session, vault=vault_of(visit), up_to=said.turn.number)
    assert [message.text for _, message in newest_first] == ["too", "re: one", "one", "Welcome"]


def test_numbers_go_on_after_an_edit(alice, visit, session):
    end(edit(alice, visit, session).reply)
    assert say(alice, visit, session).turn.number == 4
    assert ChatSession.objects.get().turn_count == 5


def test_an_edited_message_can_be_edited_again(alice, visit, session):
    end(edit(alice, visit, session).reply)
    answer(visit, edit(alice, visit, session, "three", turn=3).reply, "re: three")
    assert told(session, visit)[-1] == ("three", "re: three")


@pytest.mark.parametrize("turn", [0, 1, 3, 99])
def test_only_the_last_message_is_edited(alice, visit, session, turn):
    with pytest.raises(NothingToEdit):
        edit(alice, visit, session, turn=turn)
    assert not session.turns.filter(superseded=True).exists()
    assert session.turns.count() == 3


def test_nothing_is_edited_while_a_reply_is_written(alice, visit, session):
    said = say(alice, visit, session, "three")
    with pytest.raises(Busy):
        edit(alice, visit, session, turn=said.turn.number)
    assert session.turns.current().count() == 4


def test_nothing_is_edited_in_a_concluded_session(alice, visit, session):
    ChatSession.objects.update(status="completed")
    with pytest.raises(SessionOver):
        edit(alice, visit, session)


def test_the_same_form_twice_is_one_edit(alice, visit, session):
    form_id = uuid.uuid4()
    first, second = (edit(alice, visit, session, client_id=form_id) for _ in range(2))
    assert (first.is_new, second.is_new, second.reply) == (True, False, first.reply)
    with pytest.raises(ClientIdReused):
        edit(alice, visit, session, "other words", client_id=form_id)


def test_an_edit_to_nothing_is_refused_and_changes_nothing(alice, visit, session):
    with pytest.raises(UnfitMessage):
        edit(alice, visit, session, " ")
    assert told(session, visit)[-1] == ("two", "re: two")


def test_a_foreign_message_is_not_edited(alice, bob, session):
    with pytest.raises(Missing):
        edit(bob, visit_of(bob), session)


def test_a_damaged_message_can_be_edited(alice, visit, session):
    """What it said is lost; what is said instead is not."""
    Turn.objects.filter(number=2).update(sealed_text="nothing")
    answer(visit, edit(alice, visit, session).reply, "re: too")
    assert told(session, visit)[-1] == ("too", "re: too")
