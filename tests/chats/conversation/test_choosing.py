import pytest

from chats import conversation
from chats.errors import Busy, NothingToChoose
from chats.models import Digest, Reply
from gptlab.errors import Missing
from tests.chats.conftest import NOW
from tests.chats.talking import answer, say, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def better(alice, visit, session):
    said = conversation.regenerate(user=alice, visit=visit, session_id=session.pk, turn=None, client_id="", now=NOW)
    return answer(visit, said.reply, "better")


def choose(user, session, reply):
    return conversation.choose(user=user, session_id=session.pk, reply_id=reply.pk)


def test_the_chosen_variant_is_what_counts(alice, visit, session, last, better):
    choose(alice, session, last)
    assert told(session, visit)[-1] == ("two", "re: two")
    choose(alice, session, better)
    assert told(session, visit)[-1] == ("two", "better")


def test_choosing_the_chosen_one_changes_nothing(alice, session, better):
    Digest.objects.create(session=session, covers_to=2, tokens_before=9, tokens_after=3, created_at=NOW)
    for _ in range(2):
        choose(alice, session, better)
    assert Digest.objects.get().active
    assert [reply.pk for reply in session.replies.filter(turn__number=2, chosen=True)] == [better.pk]


def test_an_earlier_turns_variant_can_be_chosen_too(alice, visit, session, last, better):
    answer(visit, say(alice, visit, session, "three").reply, "re: three")
    choose(alice, session, last)
    assert told(session, visit)[-2:] == [("two", "re: two"), ("three", "re: three")]


def test_nothing_is_chosen_while_a_reply_is_written(alice, visit, session, last, better):
    say(alice, visit, session)
    with pytest.raises(Busy):
        choose(alice, session, last)


def test_no_variant_of_a_superseded_turn_is_chosen(alice, session, last, better):
    session.turns.filter(number=2).update(superseded=True)
    with pytest.raises(NothingToChoose):
        choose(alice, session, last)


def test_a_foreign_variant_is_missing(bob, session, last):
    with pytest.raises(Missing):
        choose(bob, session, last)


@pytest.mark.parametrize("liked", [True, False, None])
def test_a_rating_is_kept_and_can_be_taken_back(alice, session, last, liked):
    conversation.rate_reply(user=alice, session_id=session.pk, reply_id=last.pk, liked=True)
    conversation.rate_reply(user=alice, session_id=session.pk, reply_id=last.pk, liked=liked)
    conversation.rate(user=alice, session_id=session.pk, liked=liked)
    session.refresh_from_db()
    assert (Reply.objects.get(pk=last.pk).liked, session.liked) == (liked, liked)


def test_what_is_foreign_is_not_rated(bob, session, last):
    with pytest.raises(Missing):
        conversation.rate_reply(user=bob, session_id=session.pk, reply_id=last.pk, liked=True)
    with pytest.raises(Missing):
        conversation.rate(user=bob, session_id=session.pk, liked=True)
    assert not Reply.objects.filter(liked=True).exists()
