import pytest

from accounts.models import AuditEntry
from assistants.models import Appeal, Assistant, Decision
from assistants.moderation import answer, appeal, decide
from gptlab.errors import Conflict, Invalid, Missing

pytestmark = pytest.mark.django_db
Action = Decision.Action


@pytest.fixture
def against(moderator, now, ann):
    """The decision that was made."""

    def act(action):
        decide([ann.pk], action=action, reason="Because.", by=moderator, now=now)
        return Decision.objects.filter(part_of=None).latest("pk")

    return act


@pytest.mark.parametrize("action", [Action.UNLISTED, Action.SUSPENDED, Action.BANNED])
def test_a_granted_appeal_undoes_the_decision(against, ann, alice, moderator, now, action):
    decision = against(action)
    made = appeal(user=alice, decision_id=decision.pk, words="It is a joke.", now=now)
    answer(made.pk, granted=True, words="You are right.", by=moderator, now=now)
    ann.refresh_from_db()
    alice.refresh_from_db()
    assert (ann.standing, alice.may_share, ann.risk) == ("free", True, 0)
    assert "appeal granted" in AuditEntry.objects.values_list("action", flat=True)


def test_a_denied_one_leaves_it_and_cannot_be_repeated(against, ann, alice, moderator, now):
    decision = against(Action.SUSPENDED)
    made = appeal(user=alice, decision_id=decision.pk, words="Please.", now=now)
    answer(made.pk, granted=False, words="No.", by=moderator, now=now)
    ann.refresh_from_db()
    assert ann.standing == "suspended"
    with pytest.raises(Conflict):
        appeal(user=alice, decision_id=decision.pk, words="Please!", now=now)
    with pytest.raises(Conflict):
        answer(made.pk, granted=True, words="Yes.", by=moderator, now=now)


def test_the_next_decision_can_be_appealed_against_again(against, alice, moderator, now):
    appeal(user=alice, decision_id=against(Action.UNLISTED).pk, words="Please.", now=now)
    assert appeal(user=alice, decision_id=against(Action.SUSPENDED).pk, words="Please.", now=now)


def test_an_open_appeal_puts_the_assistant_into_the_queue(against, ann, alice, now):
    decision = against(Action.SUSPENDED)
    ann.refresh_from_db()
    assert ann.risk == 0
    appeal(user=alice, decision_id=decision.pk, words="Please.", now=now)
    ann.refresh_from_db()
    assert ann.risk > 0


@pytest.mark.parametrize("later", [Action.SUSPENDED, Action.BANNED])
def test_a_granted_appeal_does_not_undo_what_was_decided_since(against, ann, alice, moderator, now, later):
    old = against(Action.UNLISTED)
    made = appeal(user=alice, decision_id=old.pk, words="Please.", now=now)
    against(later)
    assert answer(made.pk, granted=True, words="You were right.", by=moderator, now=now) is False
    ann.refresh_from_db()
    assert ann.standing == "suspended"


def test_a_granted_appeal_brings_back_what_there_was(against, ann, alice, moderator, now):
    against(Action.UNLISTED)
    made = appeal(user=alice, decision_id=against(Action.SUSPENDED).pk, words="Please.", now=now)
    assert answer(made.pk, granted=True, words="Too hard.", by=moderator, now=now) is True
    ann.refresh_from_db()
    assert ann.standing == "unlisted"


def test_a_lifted_ban_is_not_lifted_again(against, ann, alice, moderator, now):
    made = appeal(user=alice, decision_id=against(Action.BANNED).pk, words="Please.", now=now)
    decide([ann.pk], action=Action.UNBANNED, reason="", by=moderator, now=now)
    decide([ann.pk], action=Action.BANNED, reason="Again.", by=moderator, now=now)
    assert answer(made.pk, granted=True, words="Yes.", by=moderator, now=now) is False
    alice.refresh_from_db()
    assert not alice.may_share


def test_nobody_else_appeals_and_not_against_what_gives(against, ann, alice, bob, moderator, now):
    decision = against(Action.SUSPENDED)
    with pytest.raises(Missing):
        appeal(user=bob, decision_id=decision.pk, words="Please.", now=now)
    decide([ann.pk], action=Action.RESTORED, reason="", by=moderator, now=now)
    with pytest.raises(Missing):
        appeal(user=alice, decision_id=Decision.objects.latest("pk").pk, words="Please.", now=now)
    assert not Appeal.objects.exists()


@pytest.mark.parametrize("words", ["", " \0\n", "x" * 1_001])
def test_words_that_do_not_fit_are_refused(against, alice, now, words):
    with pytest.raises(Invalid):
        appeal(user=alice, decision_id=against(Action.SUSPENDED).pk, words=words, now=now)


def test_a_maker_reads_decisions_and_appeals_on_a_page(client, sign_in, against, ann, alice):
    decision = against(Action.SUSPENDED)
    sign_in(alice)
    assert "/lab/decisions/" in client.get("/lab/").content.decode()
    page = client.get("/lab/decisions/").content.decode()
    assert "Suspended" in page
    assert "Because." in page
    assert "mo" not in [word.strip() for word in page.split()]
    refused = client.post(f"/lab/decisions/{decision.pk}/appeal/", {"words": "y" * 1_001})
    assert refused.status_code == 422
    assert "y" * 1_001 in refused.content.decode()
    done = client.post(f"/lab/decisions/{decision.pk}/appeal/", {"words": "It is <b>harmless</b>."}, follow=True).content.decode()
    assert "It is &lt;b&gt;harmless&lt;/b&gt;." in done
    assert "Nobody has answered yet" in done
    assert "Suspended" in client.get(f"/lab/{ann.code}/").content.decode()


def test_of_others_there_is_nothing_to_see(client, sign_in, against, bob):
    decision = against(Action.SUSPENDED)
    sign_in(bob)
    assert "Because." not in client.get("/lab/decisions/").content.decode()
    assert client.post(f"/lab/decisions/{decision.pk}/appeal/", {"words": "Please."}).status_code == 404


def test_who_is_banned_can_publish_for_themselves_only(client, sign_in, against, ann, alice, settings):
    against(Action.BANNED)
    sign_in(alice)
    profile = {
        "name": "Ann",
        "tagline": "t",
        "description": "d",
        "category": "data",
        "session_type": "coaching",
        "next": "publish",
    }
    refused = client.post(f"/lab/{ann.code}/publish/", profile | {"visibility": "listed", "next": "publish"})
    assert refused.status_code == 422
    assert "banned you from sharing" in refused.content.decode()
    assert Assistant.objects.get().standing == "suspended"
