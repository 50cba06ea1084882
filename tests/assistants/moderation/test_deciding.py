import pytest

from accounts import audit
from accounts.models import AuditEntry
from assistants.errors import Suspended
from assistants.meeting import meet
from assistants.models import Assistant, Decision, Report
from assistants.moderation import decide, open_for, weigh
from gptlab.errors import Invalid

pytestmark = pytest.mark.django_db
Action = Decision.Action


@pytest.fixture
def decided(moderator, now):
    def act(action, *assistants, reason="Because."):
        return decide([each.pk for each in assistants], action=action, reason=reason, by=moderator, now=now)

    return act


def report(assistant, reporter, now, reason="harmful"):
    return Report.objects.create(assistant=assistant, reporter=reporter, reason=reason, created_at=now)


def shelves(assistant):
    rows = Assistant.objects.filter(pk=assistant.pk)
    return rows.community().exists(), rows.showcased().exists(), rows.in_use().exists()


@pytest.mark.parametrize(
    ("action", "standing", "community", "in_use"),
    [
        (Action.UNLISTED, "unlisted", False, True),
        (Action.SUSPENDED, "suspended", False, False),
        (Action.SHOWCASED, "free", False, True),
        (Action.BANNED, "suspended", False, False),
    ],
)
def test_a_decision_says_where_an_assistant_is_seen(decided, ann, action, standing, community, in_use):
    assert decided(action, ann).made == 1
    ann.refresh_from_db()
    assert ann.standing == standing
    assert shelves(ann)[0] is community
    assert shelves(ann)[2] is in_use


def test_an_unlisted_one_is_met_by_code_and_a_suspended_one_is_not(decided, ann, bob):
    decided(Action.UNLISTED, ann)
    assert meet(ann.code, user=bob)[0] == ann
    decided(Action.SUSPENDED, ann)
    with pytest.raises(Suspended):
        meet(ann.code, user=bob)
    decided(Action.RESTORED, ann)
    assert meet(ann.code, user=bob)[0] == ann
    assert shelves(ann) == (True, False, True)


def test_what_is_shown_off_comes_down_with_it(decided, make_assistant):
    house = make_assistant(showcased=True)
    decided(Action.SUSPENDED, house)
    decided(Action.RESTORED, house)
    assert shelves(house) == (True, False, True)


def test_only_free_and_listed_ones_go_on_the_showcase(decided, make_assistant, ann):
    unlisted = make_assistant(visibility="unlisted")
    decided(Action.UNLISTED, ann)
    assert decided(Action.SHOWCASED, ann, unlisted).passed_over == 2
    assert not Assistant.objects.filter(showcased=True).exists()


def test_taking_something_needs_a_reason(decided, ann):
    for action in (Action.UNLISTED, Action.SUSPENDED, Action.BANNED):
        with pytest.raises(Invalid):
            decided(action, ann, reason=" \0 ")
    assert decided(Action.SHOWCASED, ann, reason="").made == 1


def test_a_decision_is_kept_and_noted_and_closes_what_was_reported(decided, ann, alice, bob, now):
    report(ann, bob, now)
    decided(Action.SUSPENDED, ann, reason="Picks locks.")
    decision = Decision.objects.get()
    assert (decision.assistant, decision.creator, decision.reason, decision.by) == (ann, alice, "Picks locks.", "mo")
    assert not Report.objects.filter(closed_at=None).exists()
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action, entry.subject, entry.detail) == (
        "mo",
        "suspended",
        f"assistant {ann.code}",
        "Picks locks.",
    )
    assert not audit.verify().findings


def test_deciding_it_again_changes_nothing(decided, ann):
    decided(Action.SUSPENDED, ann)
    assert decided(Action.SUSPENDED, ann).passed_over == 1
    assert Decision.objects.count() == AuditEntry.objects.count() == 1


def test_approving_closes_reports_and_frees_what_the_checks_held(decided, ann, bob, now):
    report(ann, bob, now)
    Assistant.objects.update(standing="held")
    weigh([ann.pk])
    assert decided(Action.APPROVED, ann, reason="").made == 1
    ann.refresh_from_db()
    assert (ann.standing, ann.risk) == ("free", 0)
    assert decided(Action.APPROVED, ann, reason="").passed_over == 1


def test_approving_closes_reports_and_brings_nothing_back(decided, ann, bob, now):
    decided(Action.SUSPENDED, ann)
    assert decided(Action.APPROVED, ann).passed_over == 1
    report(ann, bob, now)
    weigh([ann.pk])
    assert decided(Action.APPROVED, ann, reason="").made == 1
    ann.refresh_from_db()
    assert (ann.standing, ann.risk) == ("suspended", 0)
    assert not Report.objects.filter(closed_at=None).exists()


def test_many_are_decided_at_once(decided, make_assistant):
    assistants = [make_assistant() for _n in range(3)]
    assert decided(Action.UNLISTED, *assistants).made == 3
    assert AuditEntry.objects.count() == 3


def test_a_ban_takes_all_that_its_maker_shares_and_lifting_it_gives_just_that_back(decided, make_assistant, alice):
    one, other, bad = make_assistant(creator=alice), make_assistant(creator=alice), make_assistant(creator=alice)
    private = make_assistant(creator=alice, visibility="private")
    decided(Action.SUSPENDED, bad)
    assert decided(Action.BANNED, one, other).made == 1
    alice.refresh_from_db()
    assert not alice.may_share
    standings = dict(Assistant.objects.values_list("pk", "standing"))
    assert standings == {one.pk: "suspended", other.pk: "suspended", bad.pk: "suspended", private.pk: "free"}
    assert decided(Action.UNBANNED, one).made == 1
    alice.refresh_from_db()
    assert alice.may_share
    standings = dict(Assistant.objects.values_list("pk", "standing"))
    assert standings == {one.pk: "free", other.pk: "free", bad.pk: "suspended", private.pk: "free"}


def test_the_houses_own_has_no_maker_to_ban(decided, make_assistant):
    assert decided(Action.BANNED, make_assistant()).passed_over == 1


def test_only_what_would_change_something_is_offered(decided, ann, alice):
    ann.refresh_from_db()
    free = set(open_for(ann))
    assert free == {Action.SHOWCASED, Action.UNLISTED, Action.SUSPENDED, Action.BANNED}
    assert (ann.standing, ann.showcased) == ("free", False)
    decided(Action.BANNED, ann)
    ann = Assistant.objects.get()
    assert set(open_for(ann)) == {Action.SUSPENDED, Action.UNBANNED}  # for itself, too


@pytest.mark.parametrize("before", ["held", "unlisted"])
def test_a_ban_that_is_lifted_brings_back_what_there_was(decided, ann, before):
    Assistant.objects.update(standing=before)
    decided(Action.BANNED, ann)
    decided(Action.UNBANNED, ann)
    assert Assistant.objects.get().standing == before


def test_what_is_suspended_for_itself_while_its_maker_is_banned_stays_so(decided, ann):
    decided(Action.BANNED, ann)
    assert decided(Action.SUSPENDED, Assistant.objects.get()).made == 1
    assert decided(Action.SUSPENDED, Assistant.objects.get()).passed_over == 1
    decided(Action.UNBANNED, ann)
    assert Assistant.objects.get().standing == "suspended"


def test_nothing_of_a_banned_maker_is_restored_by_itself(decided, ann):
    decided(Action.BANNED, ann)
    assert decided(Action.RESTORED, ann).passed_over == 1
    assert Assistant.objects.get().standing == "suspended"


def test_too_many_at_once_are_refused(decided, ann, moderator, now):
    with pytest.raises(Invalid):
        decide(list(range(501)), action=Action.UNLISTED, reason="No.", by=moderator, now=now)
