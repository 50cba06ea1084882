from datetime import timedelta

import pytest

from accounts.visit import Visit
from assistants import moderation as rooms
from assistants import tasks
from assistants.models import Assistant, Decision, Screening
from assistants.moderation import finish, screening
from gptlab.checks import check_word_list
from gptlab.llm import moderation
from gptlab.llm.moderation import Verdict

pytestmark = pytest.mark.django_db


def begin(assistant, *, visit, now):
    """And a worker is entrusted with the rest."""
    begun = rooms.begin(assistant, visit=visit, now=now)
    rooms.entrust(begun, visit=visit)
    return begun


@pytest.fixture
def words(tmp_path, settings):
    file = tmp_path / "words.txt"
    file.write_text("# a comment\npick locks\n\nGeldwäsche\n毒\n", encoding="utf-8")
    settings.WORD_LIST = str(file)
    return file


@pytest.fixture
def visit(alice, now):
    return Visit(alice.pk, "demo", "demo-key", b"k" * 32, (), True, now, now)


@pytest.fixture
def ask(monkeypatch, now):
    """What the provider's moderation says; None: nothing comes."""

    def says(verdict):
        async def check(text, **_):
            return verdict

        monkeypatch.setattr(screening.moderation, "moderates", lambda provider: True)
        monkeypatch.setattr(moderation, "check", check)

    return says


def standing(assistant):
    assistant.refresh_from_db()
    return assistant.standing, assistant.risk > 0


@pytest.mark.parametrize(
    "fields",
    [
        {"prompt": "You PICK   Locks for people."},
        {"name": "Geldwasche"},
        {"description": "我有毒。"},
        {"tags": ["pick locks"]},
        {"name": "p\u00adick lo\u200bcks"},
    ],
)
def test_a_word_of_the_operators_list_holds_a_listed_one_back(make_assistant, alice, visit, words, now, fields):
    ann = make_assistant(creator=alice, **fields)
    assert begin(ann, visit=visit, now=now).words_found == 1
    assert standing(ann) == ("held", True)
    assert not Assistant.objects.community().exists()
    assert Decision.objects.get().action == "held"


def test_parts_of_words_are_no_words(make_assistant, alice, visit, words, now):
    ann = make_assistant(creator=alice, prompt="Toothpick locksmiths.")
    begin(ann, visit=visit, now=now)
    assert standing(ann) == ("free", False)


def test_what_is_not_for_everybody_is_not_looked_at(make_assistant, alice, visit, words, now):
    for visibility in ("private", "unlisted"):
        assert begin(make_assistant(creator=alice, visibility=visibility, prompt="pick locks"), visit=visit, now=now) is None
    assert not Screening.objects.exists()


def test_the_list_is_read_again_when_it_was_changed(make_assistant, alice, visit, words, now):
    ann = make_assistant(creator=alice, prompt="We bake bread.")
    begin(ann, visit=visit, now=now)
    words.write_text("bread\nbake\n")
    assert begin(ann, visit=visit, now=now + timedelta(seconds=1)).words_found == 2


def test_while_the_list_cannot_be_read_nothing_passes_and_the_check_says_so(make_assistant, alice, visit, settings, now):
    settings.WORD_LIST = "/nowhere/words.txt"
    ann = make_assistant(creator=alice)
    begin(ann, visit=visit, now=now)
    assert standing(ann) == ("held", True)
    assert [each.id for each in check_word_list(None)] == ["gptlab.W005"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("verdict", "expected", "was_moderated"),
    [
        (Verdict(True, ("violence",)), ("held", True), True),
        (Verdict(False), ("free", False), True),
        (None, ("free", False), False),
    ],
)
def test_the_providers_moderation_has_a_say(make_assistant, alice, visit, ask, now, verdict, expected, was_moderated):
    ask(verdict)
    ann = make_assistant(creator=alice)
    begun = begin(ann, visit=visit, now=now)
    assert begun.was_moderated is None
    finish(screening_id=begun.pk, now=now)
    begun.refresh_from_db()
    assert begun.was_moderated is was_moderated
    assert standing(ann) == expected


@pytest.mark.django_db(transaction=True)
def test_a_task_that_comes_twice_asks_once(make_assistant, alice, visit, ask, now):
    ask(Verdict(True, ("violence",)))
    begun = begin(make_assistant(creator=alice), visit=visit, now=now)
    finish(screening_id=begun.pk, now=now)
    finish(screening_id=begun.pk, now=now)
    assert Decision.objects.count() == 1


def test_published_anew_without_it_it_is_let_go(make_assistant, alice, visit, words, now):
    ann = make_assistant(creator=alice, prompt="pick locks")
    begin(ann, visit=visit, now=now)
    ann.add_version(now=now, initial_prompt="We bake.", model="test")
    begin(ann, visit=visit, now=now + timedelta(seconds=1))
    assert standing(ann) == ("free", False)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("later", [None, "nobody to ask"])
def test_what_moderation_found_stays_held_until_moderation_says_otherwise(
    make_assistant, alice, visit, ask, now, monkeypatch, later
):
    ask(Verdict(True, ("violence",)))
    ann = make_assistant(creator=alice)
    finish(screening_id=begin(ann, visit=visit, now=now).pk, now=now)
    ask(None)
    if later:
        monkeypatch.setattr(screening.moderation, "moderates", lambda provider: False)
    again = begin(ann, visit=visit, now=now + timedelta(seconds=1))
    finish(screening_id=again.pk, now=now)
    assert standing(ann)[0] == "held"
    ask(Verdict(False))
    finish(screening_id=begin(ann, visit=visit, now=now + timedelta(seconds=2)).pk, now=now)
    assert standing(ann)[0] == "free"


def test_who_has_a_suspended_one_publishes_nothing_for_everybody_unseen(make_assistant, alice, bob, visit, now):
    make_assistant(creator=alice, standing="suspended", visibility="private")
    copy = make_assistant(creator=alice)
    assert begin(copy, visit=visit, now=now).maker_is_watched
    assert standing(copy) == ("held", True)
    other = make_assistant(creator=bob)
    begin(other, visit=visit, now=now)
    assert standing(other)[0] == "free"


def test_what_moderators_decided_no_check_undoes(make_assistant, alice, visit, words, now):
    ann = make_assistant(creator=alice, standing="suspended")
    begin(ann, visit=visit, now=now)
    assert standing(ann)[0] == "suspended"


@pytest.mark.django_db(transaction=True)
def test_an_answer_about_what_is_not_there_any_more_does_not_count(make_assistant, alice, visit, ask, now):
    ask(Verdict(True, ("violence",)))
    ann = make_assistant(creator=alice)
    late = begin(ann, visit=visit, now=now)
    ask(Verdict(False))
    finish(screening_id=begin(ann, visit=visit, now=now + timedelta(seconds=1)).pk, now=now)
    ask(Verdict(True, ("violence",)))
    finish(screening_id=late.pk, now=now)
    assert standing(ann) == ("free", False)


def test_only_what_waits_for_an_answer_goes_to_a_worker(make_assistant, alice, visit, ask, now, monkeypatch):
    sent = []
    monkeypatch.setattr(tasks.screen, "apply_async", lambda **call: sent.append(call["kwargs"]))
    tasks.enqueue_screening(None, visit=visit)
    tasks.enqueue_screening(rooms.begin(make_assistant(creator=alice), visit=visit, now=now), visit=visit)
    assert not sent
    ask(Verdict(False))
    begun = rooms.begin(make_assistant(creator=alice), visit=visit, now=now)
    tasks.enqueue_screening(begun, visit=visit)
    assert sent == [{"screening_id": str(begun.pk)}]
