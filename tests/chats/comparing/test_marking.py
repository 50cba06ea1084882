import pytest
from django.db import IntegrityError, transaction

from assistants import lab
from chats import comparing
from chats.errors import NothingToMark
from chats.models import ChatSession, Comparison, Reply
from gptlab.errors import Invalid, Missing
from tests.chats.comparing.conftest import DRAFT, answered, compared, run
from tests.chats.conftest import NOW
from tests.chats.talking import answer

pytestmark = pytest.mark.django_db


def counts(tally):
    return tally.left_count, tally.equal_count, tally.right_count


def test_marks_add_up_for_the_pair_whichever_side_is_left(alice, visit, kit, pair, messages):
    turned = comparing.pair_of(kit, left="2", right="1", draft=None, now=NOW)
    for each, side in ((pair, 1), (turned, 0), (turned, 1)):
        found = answered(alice, visit, each, messages[:1])
        comparing.mark(found, better=str(found.sides[side].session_id))
    assert counts(comparing.tally_of(pair)) == (1, 0, 2)
    assert counts(comparing.tally_of(turned)) == (2, 0, 1)


def test_each_run_can_be_marked_and_all_marks_count(alice, visit, pair, messages):
    for side in (0, 1, 1):
        found = answered(alice, visit, pair, messages[:1])
        comparing.mark(found, better=str(found.sides[side].session_id))
    comparing.mark(answered(alice, visit, pair, messages[:1]), better="equal")
    assert counts(comparing.tally_of(pair)) == (1, 1, 2)
    assert comparing.tally_of(pair).total == 4


def test_a_mark_can_be_changed_and_taken_back(alice, visit, pair, messages):
    found = answered(alice, visit, pair, messages[:1])
    comparing.mark(found, better="equal")
    comparing.mark(found, better=str(found.sides[0].session_id))
    assert compared(visit, pair, messages[:1]).better == found.sides[0].session_id
    assert counts(comparing.tally_of(pair)) == (1, 0, 0)
    comparing.mark(found, better="")
    assert counts(comparing.tally_of(pair)) == (0, 0, 0)
    assert comparing.tallies(pair.left.assistant) == []


def test_one_that_another_tab_ran_again_meanwhile_is_not_marked(alice, visit, pair, messages):
    found = answered(alice, visit, pair, messages[:1])
    answered(alice, visit, pair, messages[:1])
    with pytest.raises(NothingToMark):
        comparing.mark(found, better="equal")
    assert comparing.tally_of(pair).total == 0


def test_two_replies_are_needed_to_choose_from(alice, visit, pair, messages):
    first, second = run(alice, visit, pair, messages[:1])
    answer(visit, first, "Because.")
    for state, text in (("pending", ""), ("running", "Half of"), ("failed", "")):
        answer(visit, second, text, state=state)
        if not text:
            Reply.objects.filter(pk=second.pk).update(sealed_text="")
        with pytest.raises(NothingToMark):
            comparing.mark(compared(visit, pair, messages[:1]), better="equal")
    answer(visit, second, "Half of it", state="stopped")
    comparing.mark(compared(visit, pair, messages[:1]), better="equal")


@pytest.mark.parametrize("better", ["left", "first", "00000000-0000-0000-0000-000000000000"])
def test_what_is_no_side_is_no_mark(alice, visit, pair, messages, better):
    with pytest.raises(Invalid):
        comparing.mark(answered(alice, visit, pair, messages[:1]), better=better)


def test_the_tally_stays_when_all_chats_are_deleted(alice, visit, pair, messages):
    comparing.mark(answered(alice, visit, pair, messages[:1]), better="equal")
    ChatSession.objects.all().delete()
    assert counts(comparing.tally_of(pair)) == (0, 1, 0)
    assert comparing.compared(pair=pair, visit=visit, messages=[messages[0].id]) == {}
    assert len(run(alice, visit, pair, messages[:1])) == 2


def test_a_drafts_marks_go_along_when_it_is_published_as_it_was(alice, visit, kit, messages):
    drafted = comparing.pair_of(kit, left="2", right="draft", draft=DRAFT, now=NOW)
    found = answered(alice, visit, drafted, messages[:1])
    comparing.mark(found, better=str(found.sides[1].session_id))
    version = lab.publish(kit, profile={"name": "Kit"}, told=DRAFT, note="Better", now=NOW)
    assert (version.number, version.note, version) == (3, "Better", drafted.right)
    pair = comparing.chosen(kit, left="2", right="3", drafted=None)
    assert counts(comparing.tally_of(pair)) == (0, 0, 1)


def test_a_draft_that_was_changed_is_published_without_them(alice, visit, kit, messages):
    drafted = comparing.pair_of(kit, left="2", right="draft", draft=DRAFT, now=NOW)
    comparing.mark(answered(alice, visit, drafted, messages[:1]), better="equal")
    lab.publish(kit, profile={"name": "Kit"}, told=DRAFT | {"max_tokens": 400}, now=NOW)
    assert counts(comparing.tally_of(comparing.chosen(kit, left="2", right="3", drafted=None))) == (0, 0, 0)


def test_all_pairs_are_told_with_the_newest_first(alice, visit, kit, pair, messages):
    drafted = comparing.pair_of(kit, left="draft", right="1", draft=DRAFT, now=NOW)
    for each in (pair, drafted):
        comparing.mark(answered(alice, visit, each, messages[:1]), better="equal")
    found = [(tally.left.number, tally.right.number, counts(tally)) for tally in comparing.tallies(kit)]
    assert found == [(1, None, (0, 1, 0)), (1, 2, (0, 1, 0))]


def test_a_comparison_is_found_by_either_side_by_its_owner_only(alice, bob, visit, kit, sam, pair, messages):
    found = answered(alice, visit, pair, messages[:1])
    for side in found.sides:
        place = {"visit": visit, "assistant": kit, "session_id": side.session_id}
        assert comparing.by_side(user=alice, **place).row == found.row
        for user, assistant in ((bob, kit), (alice, sam)):
            with pytest.raises(Missing):
                comparing.by_side(user=user, **place | {"assistant": assistant})


@pytest.mark.parametrize("wrong", [{"verdict": "left"}, {"turned": True}, {"again": True}])
def test_the_database_holds_the_rules(kit, messages, wrong):
    first, second = kit.versions.order_by("number")
    order = (second, first) if wrong.get("turned") else (first, second)
    row = {"message_id": messages[0].id, "first": order[0], "second": order[1], "created_at": NOW}
    if wrong.get("again"):
        Comparison.objects.create(**row)
    with pytest.raises(IntegrityError), transaction.atomic():
        Comparison.objects.create(**row, verdict=wrong.get("verdict", ""))


def test_only_a_trial_is_compared(alice, visit, sam):
    session = ChatSession(
        user=alice, assistant=sam, version=sam.active_version, started_at=NOW, last_turn_at=NOW, is_compared=True
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        session.save(force_insert=True)
