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


def version_of(turn):
    """A second reply to the turn, which is not chosen; and the one that is."""
    old = Reply.objects.get(turn__number=turn)
    place = {"session": old.session, "turn": old.turn, "sent_at": old.sent_at, "created_at": old.created_at}
    return Reply.objects.create(variant=2, chosen=False, state="done", **place), old


def choose(chat, *replies):
    for reply in replies:
        conversation.choose(user=chat.user, session_id=chat.session.pk, reply_id=reply.pk)


def asked_again_after(chat):
    """How many turns from now on, once the memory is full."""
    chat.fill()
    last = chat.session.turn_count - 1
    return next(turn - last for turn in range(last, last + 20) if chat.ask(turn))


@pytest.mark.parametrize(("is_edited", "pause"), [(False, 1), (True, 12)])
def test_choosing_another_reply_to_a_turn_that_is_in_the_notes_sets_them_aside_until_they_are_made_anew(
    condensed, is_edited, pause
):
    if is_edited:
        condensed.edit("My words.")
    text, tokens = condensed.notes().text, condensed.memory.tokens
    other, _old = version_of(4)
    choose(condensed, other)
    assert (condensed.notes().text, condensed.notes().row.active) == (text, False)
    assert condensed.memory.tokens > tokens
    assert condensed.memory.since is None
    assert asked_again_after(condensed) == pause


@pytest.mark.parametrize("is_edited", [False, True])
def test_who_looks_through_the_versions_and_comes_back_has_the_notes_again(condensed, is_edited):
    if is_edited:
        condensed.edit("My words.")
    tokens = condensed.memory.tokens
    (other4, old4), (other5, old5) = version_of(4), version_of(5)
    choose(condensed, other4, other5, old4)
    assert not condensed.notes().row.active
    choose(condensed, old5)
    assert condensed.notes().row.active
    assert condensed.memory.tokens == tokens
    assert asked_again_after(condensed) == 1
    choose(condensed, other4)
    assert not condensed.notes().row.active


def test_notes_that_the_visitor_has_set_aside_stay_so_whatever_is_looked_through(condensed):
    condensing.set_aside(condensed.session)
    choose(condensed, *version_of(4))
    assert not condensed.notes().row.active


def test_who_takes_notes_up_beside_another_reply_means_it(condensed):
    other, old = version_of(4)
    choose(condensed, other)
    condensing.take_up(condensed.session)
    assert condensed.notes().row.doubts == {}
    choose(condensed, *version_of(11))
    assert condensed.notes().row.active
    choose(condensed, old)
    assert not condensed.notes().row.active


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
