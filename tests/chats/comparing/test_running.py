"""Messages said to both sides of a pair: as chats, paid by the maker's key, in nobody's lists and numbers."""

import pytest

from accounts import relay
from assistants.models import AssistantDay, Version
from chats import comparing, conversation, finding
from chats.comparing import Saved
from chats.errors import CannotChat
from chats.models import ChatSession, Comparison, Reply
from chats.replying import claiming
from gptlab.errors import Limited
from tests.chats.comparing.conftest import DRAFT, answered, run
from tests.chats.conftest import NOW, visit_of

pytestmark = pytest.mark.django_db


def test_each_message_is_said_to_both_sides_of_the_pair(alice, visit, pair, messages):
    replies = run(alice, visit, pair, messages)
    assert len(replies) == 4
    for row, message in zip(Comparison.objects.order_by("message__slot"), messages, strict=True):
        assert (row.message_id, row.first.number, row.second.number) == (message.id, 1, 2)
        assert (row.first_session.version, row.second_session.version) == (row.first, row.second)
    job = claiming.claim(replies[0].pk)
    assert job.request.messages[0].text.startswith("Ask until they find it.")
    assert [message.text for message in job.request.messages[1:]] == ["Why?"]
    assert claiming.claim(replies[1].pk).request.messages[0].text.startswith("Ask twice.")
    for reply in replies:
        assert relay.take(kind="reply", job_id=reply.pk, user_id=alice.pk).api_key == visit.api_key


def test_what_is_compared_is_listed_and_counted_nowhere(alice, visit, kit, pair, messages):
    replies = run(alice, visit, pair, messages)
    assert not finding.owned_sessions(alice).exists()
    assert not AssistantDay.objects.exists()
    assert conversation.trial_of(user=alice, assistant=kit) is None
    assert claiming.claim(replies[0].pk).assistant_id is None
    conversation.forget_trials(user=alice, assistant=kit, now=NOW)
    assert ChatSession.objects.count() == 4


def test_what_is_being_answered_is_not_asked_again(alice, visit, pair, messages):
    run(alice, visit, pair, messages[:1])
    replies = run(alice, visit, pair, messages)
    assert {reply.session_id for reply in replies} == {
        session
        for row in Comparison.objects.filter(message=messages[1].id)
        for session in (row.first_session_id, row.second_session_id)
    }
    assert ChatSession.objects.count() == 4


def test_another_run_takes_the_place_of_the_one_before_and_its_mark_stays(alice, visit, pair, messages):
    before = answered(alice, visit, pair, messages[:1])
    comparing.mark(before, better=str(before.sides[1].session_id))
    run(alice, visit, pair, messages[:1])
    assert ChatSession.objects.count() == 2
    assert not ChatSession.objects.filter(pk__in=[side.session_id for side in before.sides]).exists()
    assert set(Comparison.objects.values_list("message", "verdict")) == {(messages[0].id, ""), (None, "second")}


def test_an_unmarked_run_leaves_nothing(alice, visit, pair, messages):
    answered(alice, visit, pair, messages[:1])
    run(alice, visit, pair, messages[:1])
    assert Comparison.objects.count() == 1


def test_a_message_that_does_not_open_is_left_out(alice, visit, pair, messages):
    assert run(alice, visit, pair, [Saved(messages[0].id, "", damaged=True)]) == []


def test_who_can_not_chat_can_not_run(alice, pair, messages):
    with pytest.raises(CannotChat):
        run(alice, visit_of(alice, can_chat=False), pair, messages)
    assert not ChatSession.objects.exists()


def test_each_reply_counts_toward_the_limit_before_any_is_asked_for(alice, visit, pair, messages, settings):
    settings.MESSAGE_LIMIT = "3/minute"
    with pytest.raises(Limited):
        run(alice, visit, pair, messages)
    assert not ChatSession.objects.exists()


def test_all_can_be_stopped_at_once(alice, visit, kit, pair, messages):
    run(alice, visit, pair, messages)
    assert comparing.is_running(user=alice, assistant=kit)
    comparing.stop_all(user=alice, assistant=kit, now=NOW)
    assert set(Reply.objects.values_list("state", flat=True)) == {"stopped"}
    assert not comparing.is_running(user=alice, assistant=kit)


def test_the_sides_of_a_blind_run_are_shuffled(alice, visit, pair, messages, monkeypatch):
    for number, is_turned in ((0.9, False), (0.1, True)):
        monkeypatch.setattr("chats.comparing.running.random.random", lambda number=number: number)
        found = answered(alice, visit, pair, messages[:1], is_blind=True)
        assert found.hides_names
        assert [side.version.number for side in found.sides] == ([2, 1] if is_turned else [1, 2])
        comparing.mark(found, better="equal")
        assert not found.hides_names


def test_another_draft_forgets_what_became_of_the_one_before(alice, visit, kit, messages):
    def with_draft(**changed):
        return comparing.pair_of(kit, left="2", right="draft", draft=DRAFT | changed, now=NOW)

    first = answered(alice, visit, with_draft(), messages[:1])
    comparing.mark(first, better="equal")
    again = answered(alice, visit, with_draft(), messages[:1])
    assert again.sides[1].version == first.sides[1].version
    assert Comparison.objects.count() == 2
    answered(alice, visit, with_draft(initial_prompt="Ask four times."), messages[:1])
    assert Comparison.objects.count() == 1
    assert [version.initial_prompt for version in Version.objects.filter(number=None)] == ["Ask four times."]


def test_versions_that_are_run_leave_the_drafts_marks_alone(alice, visit, kit, pair, messages):
    drafted = comparing.pair_of(kit, left="2", right="draft", draft=DRAFT, now=NOW)
    comparing.mark(answered(alice, visit, drafted, messages[:1]), better="equal")
    run(alice, visit, pair, messages)
    assert comparing.tally_of(drafted).equal_count == 1


def test_a_trial_leaves_what_is_compared_alone(alice, visit, kit, messages):
    drafted = comparing.pair_of(kit, left="2", right="draft", draft=DRAFT, now=NOW)
    comparing.mark(answered(alice, visit, drafted, messages[:1]), better="equal")
    ChatSession.objects.all().delete()  # as who deletes all chats
    conversation.try_out(user=alice, visit=visit, assistant=kit, told=DRAFT | {"initial_prompt": "Moo."}, now=NOW)
    conversation.forget_trials(user=alice, assistant=kit, now=NOW)
    assert comparing.tally_of(drafted).equal_count == 1
