import pytest

from chats import condensing, conversation
from chats.condensing.notes import MOST_BYTES
from chats.errors import NothingCondensed, UnfitMessage
from chats.models import Digest, Memory, Reply
from tests.chats.condensing.test_working import asked_now

pytestmark = pytest.mark.django_db


@pytest.fixture
def condensed(chat):
    assert chat.condense()
    return chat


def test_edited_notes_are_what_the_model_sees(condensed):
    condensed.edit("  They drink\r\nmilk. ")
    notes = condensed.notes()
    assert (notes.text, notes.row.edited) == ("They drink\nmilk.", True)
    assert "They drink\nmilk." in asked_now(condensed)[1]


def test_an_edit_moves_the_gauge(condensed):
    before = condensed.memory.tokens
    condensed.edit("They drink tea. " * 10)
    assert condensed.memory.tokens > before + 30
    condensed.edit("They drink tea.")
    assert condensed.memory.tokens == before


@pytest.mark.parametrize("text", ["", " \r\n ", "…", "x" * (MOST_BYTES + 1), "tea " * 600])
def test_empty_and_overlong_notes_are_refused(condensed, text):
    with pytest.raises(UnfitMessage) as caught:
        condensed.edit(text)
    assert caught.value.field == "notes"
    assert condensed.notes().text == "They drink tea."


def test_the_full_turns_are_used_again_and_not_condensed_at_once(condensed):
    condensing.set_aside(condensed.session)
    assert not condensed.notes().row.active
    texts = asked_now(condensed)
    assert not any("They drink tea." in text for text in texts)
    assert any("mine 9 " in text for text in texts)
    condensed.fill()
    last = condensed.session.turn_count - 1
    assert next(turn - last for turn in range(last, last + 20) if condensed.ask(turn)) == 12


def test_notes_that_were_set_aside_can_be_taken_up_again(condensed):
    before = condensed.memory.tokens
    condensing.set_aside(condensed.session)
    assert condensed.memory.tokens > before
    condensing.take_up(condensed.session)
    assert condensed.memory.tokens == before
    assert "They drink tea." in asked_now(condensed)[1]


def test_setting_aside_twice_moves_the_gauge_once(condensed):
    condensing.set_aside(condensed.session)
    once = condensed.memory.tokens
    condensing.set_aside(condensed.session)
    assert condensed.memory.tokens == once


def test_later_notes_replace_those_that_were_set_aside_and_begin_from_the_turns(condensed, model):
    condensing.set_aside(condensed.session)
    condensed.grow(12)
    model.answer = "They drink a lot."
    assert condensed.condense().text == "They drink a lot."
    assert "They drink tea." not in model.asked[1][1].text
    assert "User: mine 1 tea" in model.asked[1][1].text
    assert Digest.objects.count() == 1


@pytest.mark.parametrize(("turn", "kept"), [(10, False), (3, False), (11, True)])
def test_notes_that_cover_a_changed_turn_are_forgotten(condensed, turn, kept):
    condensing.forget_from(condensed.session, turn=turn)
    assert (condensed.notes() is not None) == kept


@pytest.mark.parametrize(("is_edited", "pause"), [(False, 1), (True, 12)])
def test_choosing_another_reply_to_a_turn_that_is_in_the_notes_sets_them_aside_until_they_are_made_anew(
    condensed, is_edited, pause
):
    if is_edited:
        condensed.edit("My words.")
    text, tokens = condensed.notes().text, condensed.memory.tokens
    old = Reply.objects.get(turn__number=4)
    other = Reply.objects.create(
        session=old.session, turn=old.turn, variant=2, chosen=False, state="done", sent_at=old.sent_at, created_at=old.created_at
    )
    for reply in (other, old):
        conversation.choose(user=condensed.user, session_id=condensed.session.pk, reply_id=reply.pk)
    assert (condensed.notes().text, condensed.notes().row.active) == (text, False)
    assert condensed.memory.tokens > tokens
    assert condensed.memory.since is None
    condensed.fill()
    last = condensed.session.turn_count - 1
    assert next(turn - last for turn in range(last, last + 20) if condensed.ask(turn)) == pause


def test_what_is_forgotten_is_made_anew_after_the_next_reply(condensed):
    condensing.forget_from(condensed.session, turn=3)
    condensed.grow(1)
    assert condensed.ask() is not None


@pytest.mark.parametrize(
    "change",
    [
        lambda chat: chat.edit("Words"),
        lambda chat: condensing.set_aside(chat.session),
        lambda chat: condensing.take_up(chat.session),
    ],
)
def test_what_is_gone_can_not_be_changed(chat, change):
    with pytest.raises(NothingCondensed):
        change(chat)


def test_deleting_the_chat_deletes_its_notes(condensed):
    condensed.session.delete()
    assert not Digest.objects.exists()
    assert not Memory.objects.exists()
