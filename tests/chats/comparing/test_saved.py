import pytest
from django.db import IntegrityError, transaction

from chats import comparing, conversation
from chats.comparing import saved
from chats.models import SAVED_MOST, ChatSession, Comparison, SavedMessage
from gptlab.errors import Invalid, Missing, Unavailable
from tests.chats.comparing.conftest import answered, run
from tests.chats.conftest import NOW, visit_of

pytestmark = pytest.mark.django_db


def texts(alice, visit, kit):
    return [saved.text for saved in comparing.saved_messages(user=alice, visit=visit, assistant=kit)]


def test_messages_come_back_in_their_order(alice, visit, kit, messages):
    assert texts(alice, visit, kit) == ["Why?", "What for?"]


def test_messages_are_kept_sealed_with_the_makers_key(alice, visit, kit, messages):
    row = SavedMessage.objects.get(pk=messages[0].id)
    assert "Why" not in row.sealed_text
    assert [saved.damaged for saved in comparing.saved_messages(user=alice, visit=visit_of(alice), assistant=kit)] == [True, True]


def test_a_message_does_not_open_in_anothers_place(alice, visit, kit, messages):
    SavedMessage.objects.filter(pk=messages[0].id).update(sealed_text=SavedMessage.objects.get(pk=messages[1].id).sealed_text)
    assert [saved.damaged for saved in comparing.saved_messages(user=alice, visit=visit, assistant=kit)] == [True, False]


@pytest.mark.parametrize("text", ["", " \n", "x" * 70_000])
def test_what_could_not_be_said_is_not_kept(alice, visit, kit, text):
    with pytest.raises(Invalid) as refused:
        comparing.save(user=alice, visit=visit, assistant=kit, text=text, now=NOW)
    assert refused.value.field == "text"


def test_twenty_are_kept_and_one_more_when_one_is_gone(alice, visit, kit, messages):
    more = [comparing.save(user=alice, visit=visit, assistant=kit, text=f"{n}", now=NOW) for n in range(SAVED_MOST - 2)]
    with pytest.raises(Invalid, match="20 messages"):
        comparing.save(user=alice, visit=visit, assistant=kit, text="One too many", now=NOW)
    comparing.remove(user=alice, assistant=kit, message_id=more[3].id, now=NOW)
    comparing.save(user=alice, visit=visit, assistant=kit, text="Now it fits", now=NOW)


@pytest.mark.parametrize("slot", [0, 2, SAVED_MOST + 1])
def test_the_database_holds_the_limit(alice, kit, messages, slot):
    row = SavedMessage(user=alice, assistant=kit, slot=slot, sealed_text="-", created_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_other_words_forget_the_replies_but_no_mark(alice, visit, kit, pair, messages):
    comparing.mark(answered(alice, visit, pair, messages), better="equal")
    change = {"user": alice, "visit": visit, "assistant": kit, "now": NOW}
    comparing.change(**change, message_id=messages[1].id, text="What for?")
    assert ChatSession.objects.count() == 4  # nothing has changed
    comparing.change(**change, message_id=messages[1].id, text="Whom for?")
    comparing.change(**change, message_id=messages[0].id, text="How?")
    assert texts(alice, visit, kit) == ["How?", "Whom for?"]
    assert not ChatSession.objects.exists()
    assert list(Comparison.objects.values_list("message", "verdict")) == [(None, "equal")]


def test_one_that_another_tab_deletes_meanwhile_is_missed(alice, visit, kit, messages, monkeypatch):
    forget = saved._forget_answers

    def late(user, row, *, now):
        forget(user, row, now=now)
        SavedMessage.objects.filter(pk=row.pk).delete()

    monkeypatch.setattr(saved, "_forget_answers", late)
    with pytest.raises(Missing):
        comparing.change(user=alice, visit=visit, assistant=kit, message_id=messages[0].id, text="How?", now=NOW)
    assert texts(alice, visit, kit) == ["What for?"]


def test_no_reply_stands_under_words_that_it_does_not_answer(alice, visit, kit, pair, messages, monkeypatch):
    """Redis goes while the replies are forgotten."""
    run(alice, visit, pair, messages)
    monkeypatch.setattr(conversation, "delete", unavailable)
    with pytest.raises(Unavailable):
        comparing.change(user=alice, visit=visit, assistant=kit, message_id=messages[0].id, text="How?", now=NOW)
    assert texts(alice, visit, kit) == ["Why?", "What for?"]


def unavailable(**_told):
    raise Unavailable


def test_unfit_words_change_nothing(alice, visit, kit, pair, messages):
    run(alice, visit, pair, messages)
    with pytest.raises(Invalid):
        comparing.change(user=alice, visit=visit, assistant=kit, message_id=messages[0].id, text=" ", now=NOW)
    assert texts(alice, visit, kit)[0] == "Why?"
    assert ChatSession.objects.count() == 4


def test_a_message_that_goes_takes_its_replies_along_also_live_ones(alice, visit, kit, pair, messages):
    run(alice, visit, pair, messages)
    comparing.remove(user=alice, assistant=kit, message_id=messages[0].id, now=NOW)
    assert texts(alice, visit, kit) == ["What for?"]
    assert ChatSession.objects.count() == 2
    assert Comparison.objects.get().message_id == messages[1].id


def test_foreign_messages_are_not_found(bob, visit, kit, sam, messages, alice):
    for user, assistant in ((bob, kit), (alice, sam)):
        assert comparing.saved_messages(user=user, visit=visit, assistant=assistant) == []
        with pytest.raises(Missing):
            comparing.remove(user=user, assistant=assistant, message_id=messages[0].id, now=NOW)
        with pytest.raises(Missing):
            comparing.change(user=user, visit=visit, assistant=assistant, message_id=messages[0].id, text="Mine", now=NOW)
