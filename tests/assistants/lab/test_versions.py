from datetime import timedelta

import pytest
from django.utils.html import escape

from assistants import lab
from assistants.lab.versions import NeverPublished
from assistants.models import Assistant, Version
from gptlab.errors import Missing
from tests.assistants.lab.bench import MARKER, publish

pytestmark = pytest.mark.django_db
LATER = timedelta(days=1)


def numbers(assistant):
    return list(assistant.versions.order_by("number").values_list("number", flat=True))


def test_publishing_makes_an_assistant_of_a_draft(draft, alice, now):
    version = publish(draft, alice.visit, now=now)
    made = Assistant.objects.get(pk=draft.pk)
    assert made.active_version == version
    assert (made.name, made.tags, made.starters) == ("Seminar Sparring", ["debate", "seminar"], ["Attack my thesis."])
    assert (made.visibility, version.openness, made.search_text.count("argues back")) == ("unlisted", "secret", 1)
    assert (version.number, version.model, version.max_tokens, version.temperature) == (1, "gpt-4.1-mini", 300, 0.5)
    assert MARKER in version.initial_prompt


def test_another_prompt_is_another_version_and_the_first_stays_as_it_was(made, alice, now):
    first = made.active_version
    second = publish(made, alice.visit, now=now + LATER, initial_prompt="Another", note="shorter")
    assert (second.number, second.initial_prompt, second.note) == (2, "Another", "shorter")
    assert MARKER in Version.objects.get(pk=first.pk).initial_prompt
    assert Assistant.objects.get(pk=made.pk).active_version == second


@pytest.mark.parametrize(
    "change",
    [
        {"personality": "creative"},
        {"max_tokens": "301"},
        {"summary_prompt": "Shorter."},
        {"openness": "clonable"},
        {"personality": "custom", "top_p": "0.3"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_whatever_the_model_is_told_otherwise_is_another_version(made, alice, now, change):
    publish(made, alice.visit, now=now, **change)
    assert numbers(made) == [1, 2]


@pytest.mark.parametrize(
    "change",
    [{"name": "Other"}, {"visibility": "listed"}, {"avatar_style": "sprouts"}, {"starter_2": "Hm."}],
    ids=lambda change: next(iter(change)),
)
def test_what_only_people_see_is_no_other_version(made, alice, now, change):
    publish(made, alice.visit, now=now, **change)
    assert numbers(made) == [1]
    assert lab.typed(Assistant.objects.get(pk=made.pk)) | change == lab.typed(Assistant.objects.get(pk=made.pk))


def test_rolling_back_loses_no_version_and_the_next_one_counts_on(made, alice, now):
    publish(made, alice.visit, now=now, initial_prompt="Second")
    lab.roll_back(made, number=1)
    made.refresh_from_db()
    assert (made.active_version.number, numbers(made)) == (1, [1, 2])
    publish(made, alice.visit, now=now, initial_prompt="Third")
    assert numbers(made) == [1, 2, 3]


def test_a_version_of_another_is_none_to_go_back_to(made, make_assistant):
    with pytest.raises(Missing):
        lab.roll_back(made, number=2)
    make_assistant().add_version(now=made.created_at, initial_prompt="x", model="m")
    with pytest.raises(Missing):
        lab.roll_back(made, number=2)


@pytest.mark.parametrize("note", ["x" * 251, "why\0", "why\u202e", "why\nnot"])
def test_a_note_that_does_not_fit_is_said_and_stays_in_its_field(made, alice, note):
    answer = alice.client.post(f"/lab/{made.code}/versions/1/note/", {"note": note})
    assert answer.status_code == 422
    assert escape(note) in answer.content.decode()
    assert 'id="note-1-error"' in answer.content.decode()
    assert Version.objects.get().note == ""


def test_retiring_and_restoring(made, bob):
    lab.retire(made)
    assert not Assistant.objects.in_use().exists()
    assert Assistant.objects.open_to(bob.user).exists()  # its page says that it is retired
    lab.restore(made)
    assert Assistant.objects.in_use().exists()


def test_what_was_never_published_can_not_be_retired(draft):
    for change in (lab.retire, lab.restore):
        with pytest.raises(NeverPublished):
            change(draft)
