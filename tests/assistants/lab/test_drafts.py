from datetime import timedelta

import pytest
from django.db import connection

from assistants import lab
from assistants.lab.drafts import MOST_CHARACTERS
from assistants.lab.fields import FIELDS
from assistants.models import Assistant, Draft
from gptlab.errors import Invalid, Limited, Missing
from tests.assistants.lab.bench import MARKER, PROFILE, PROMPT, publish

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def test_a_new_one_is_private_and_nobodys_to_meet(alice, bob, now):
    assistant = lab.begin(user=alice.user, now=now)
    assert (assistant.visibility, assistant.active_version) == ("private", None)
    assert not Assistant.objects.in_use().exists()
    assert not Assistant.objects.open_to(bob.user).exists()


def test_nobody_needs_two_empty_drafts(alice, bob, now):
    first = lab.begin(user=alice.user, now=now)
    assert lab.begin(user=alice.user, now=now) == first
    assert lab.begin(user=bob.user, now=now) != first
    lab.keep(first, {"name": "Kit"}, now=now + MINUTE)
    assert lab.begin(user=alice.user, now=now) != first


def test_what_is_typed_is_kept_as_it_is_fit_or_not(alice, now):
    assistant = lab.begin(user=alice.user, now=now)
    odd = {"name": "x" * 500, "max_tokens": "many", "temperature": "NaN", "tagline": "\x00<b>\u202e", "initial_prompt": " \n"}
    lab.keep(assistant, odd | {"is_staff": "1", "creator": "2"}, now=now)
    typed = lab.typed(lab.owned(user=alice.user, code=assistant.code))
    assert {name: typed[name] for name in odd} == odd
    assert set(typed) == set(FIELDS)


def test_one_steps_fields_leave_the_others_as_they_are(draft, now):
    lab.keep(draft, {"name": "Other"}, now=now)
    typed = lab.typed(draft)
    assert (typed["name"], typed["initial_prompt"]) == ("Other", PROMPT["initial_prompt"])


def test_keeping_the_same_again_is_no_change(draft, now):
    lab.keep(draft, PROMPT, now=now + MINUTE)
    assert Draft.objects.get().changed_at == now


def test_more_than_can_be_kept_is_refused_and_changes_nothing(draft, now):
    with pytest.raises(Invalid):
        lab.keep(draft, {"initial_prompt": "x" * MOST_CHARACTERS}, now=now)
    assert lab.typed(draft)["initial_prompt"] == PROMPT["initial_prompt"]


def test_a_draft_is_ciphertext_in_the_database(draft):
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM assistants_draft")
        rows = str(cursor.fetchall())
    assert MARKER not in rows
    assert PROFILE["description"] not in rows
    assert Draft.objects.get().content.count(MARKER) == 1


def test_before_the_first_version_a_trial_shows_what_is_typed(draft, now):
    draft.refresh_from_db()
    assert (draft.name, draft.session_type) == ("Seminar Sparring", "coaching")
    lab.keep(draft, {"name": " \n " + "y" * 99, "session_type": "?"}, now=now)
    draft.refresh_from_db()
    assert (draft.name, draft.session_type) == ("y" * 30, "coaching")


def test_what_cannot_be_stored_as_a_name_is_left_out_of_what_a_trial_shows(draft, now):
    lab.keep(draft, {"name": "A\0n\x1bn\u202e"}, now=now)
    draft.refresh_from_db()
    assert draft.name == "Ann"
    assert lab.typed(draft)["name"] == "A\0n\x1bn\u202e"


def test_what_is_published_does_not_change_while_one_types(made, now):
    lab.keep(made, {"name": "Other", "openness": "public", "session_type": "brainstorming"}, now=now)
    made.refresh_from_db()
    assert (made.name, made.active_version.openness, made.session_type) == ("Seminar Sparring", "secret", "coaching")


def test_a_published_one_is_edited_from_what_is_published(made):
    typed = lab.typed(made)
    assert {name: typed[name] for name in PROMPT | PROFILE} == PROMPT | PROFILE
    assert not Draft.objects.exists()


def test_starting_over_goes_back_to_what_is_published_or_to_nothing(draft, made, now):
    for assistant, before in ((draft, ""), (made, PROMPT["initial_prompt"])):
        lab.keep(assistant, {"initial_prompt": "Another", "name": "Kept"}, now=now)
        lab.start_over(assistant, now=now)
        assert lab.typed(assistant)["initial_prompt"] == before
        assert lab.typed(assistant)["name"] == "Kept"


def test_throwing_a_draft_away_leaves_what_is_published(draft, made, now):
    lab.keep(made, {"name": "Other"}, now=now)
    lab.discard(made)
    assert lab.typed(made)["name"] == "Seminar Sparring"
    lab.discard(draft)
    assert list(Assistant.objects.all()) == [made]


def test_a_foreign_one_is_missing(draft, bob):
    with pytest.raises(Missing):
        lab.owned(user=bob.user, code=draft.code)


def test_the_bench_has_ones_own_drafts_the_latest_first(alice, bob, draft, made, now):
    lab.begin(user=bob.user, now=now)
    assert list(lab.on_the_bench(alice.user)) == [draft]
    lab.keep(made, {"name": "Later"}, now=now + MINUTE)
    assert list(lab.on_the_bench(alice.user)) == [made, draft]


def test_too_many_drafts_at_once_are_refused(alice, now, monkeypatch):
    monkeypatch.setattr("assistants.lab.drafts.DRAFTS_LIMIT", "1/hour")
    lab.begin(user=alice.user, now=now, values={"name": "One"})
    with pytest.raises(Limited):
        lab.begin(user=alice.user, now=now, values={"name": "Two"})


def test_publishing_ends_the_draft(draft, alice, now):
    publish(draft, alice.visit, now=now)
    assert not Draft.objects.exists()
