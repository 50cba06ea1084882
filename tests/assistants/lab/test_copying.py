import json

import pytest

from assistants import lab
from assistants.lab.fields import FIELDS
from gptlab.errors import Invalid, Missing
from tests.assistants.lab.bench import PROFILE, PROMPT, publish

pytestmark = pytest.mark.django_db


def file_of(alice, assistant):
    return json.dumps(lab.exported(user=alice.user, code=assistant.code)).encode()


def test_what_is_exported_can_be_imported_and_published_by_another(alice, bob, made, now):
    copy = lab.imported(user=bob.user, content=file_of(alice, made), now=now)
    assert (copy.creator, copy.code != made.code) == (bob.user, True)
    assert lab.typed(copy) == lab.typed(made) | {"visibility": "private"}
    version = publish(copy, bob.visit, now=now)
    assert version.initial_prompt == PROMPT["initial_prompt"]


def test_the_file_has_the_draft_if_there_is_one(alice, made, now):
    lab.keep(made, {"name": "Later"}, now=now)
    content = json.loads(file_of(alice, made))
    assert (content["format"], content["version"]) == ("gptlab-assistant", 1)
    assert content["assistant"]["name"] == "Later"
    assert set(content["assistant"]) == set(FIELDS)


def test_nobody_else_exports_it(bob, made):
    with pytest.raises(Missing):
        lab.exported(user=bob.user, code=made.code)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\xff\xfe", b"[]", b"{}", b'{"format": "gptlab-assistant"}', b'{"format": "gptlab-assistant", "assistant": []}',
        b'{"format": "gptlab-assistant", "version": 2, "assistant": {"name": "x"}}', b"[" * 100_000,
        b'{"format": "gptlab-assistant", "version": 1, "assistant": {"is_staff": "x"}}', b" " * (2 * 1024 * 1024),
    ],
    ids=range(10),
)  # fmt: skip
def test_other_files_are_refused(alice, now, content):
    with pytest.raises(Invalid) as refusal:
        lab.imported(user=alice.user, content=content, now=now)
    assert refusal.value.field == "file"


def test_half_a_character_in_a_file_becomes_a_mark(alice, now):
    content = b'{"format": "gptlab-assistant", "version": 1, "assistant": {"name": "a\\ud800b", "tagline": "fine"}}'
    copy = lab.imported(user=alice.user, content=content, now=now)
    assert lab.typed(copy)["name"] == "a?b"


def test_ones_own_is_cloned_with_its_draft(alice, made, now):
    lab.keep(made, {"name": "Later"}, now=now)
    copy = lab.clone(user=alice.user, code=made.code, now=now)
    assert lab.typed(copy) == lab.typed(made) | {"visibility": "private"}


@pytest.mark.parametrize("openness", ["secret", "public", "clonable"])
@pytest.mark.parametrize("visibility", ["private", "unlisted", "listed"])
@pytest.mark.parametrize("is_active", [True, False])
def test_who_else_may_clone(alice, bob, made, now, openness, visibility, is_active):
    """Only what its maker lets go, and what one may meet; and never what is not published yet."""
    publish(made, alice.visit, now=now, openness=openness, visibility=visibility)
    if not is_active:
        lab.retire(made)
    lab.keep(made, {"initial_prompt": "Secret draft"}, now=now)
    if openness == "clonable" and visibility != "private" and is_active:
        copy = lab.clone(user=bob.user, code=made.code, now=now)
        assert (lab.typed(copy)["initial_prompt"], copy.visibility) == (PROMPT["initial_prompt"], "private")
        assert lab.typed(copy)["name"] == PROFILE["name"]
    else:
        with pytest.raises(Missing):
            lab.clone(user=bob.user, code=made.code, now=now)


def test_an_unpublished_one_is_no_others_to_clone(bob, draft, now):
    lab.keep(draft, {"openness": "clonable"}, now=now)
    draft.visibility = "listed"
    draft.save()
    with pytest.raises(Missing):
        lab.clone(user=bob.user, code=draft.code, now=now)


def test_a_version_that_was_secret_is_not_cloned_after_an_open_one(alice, bob, made, now):
    """Its maker opens a harmless prompt, and goes back to the secret one."""
    publish(made, alice.visit, now=now, initial_prompt="Harmless.", openness="clonable", visibility="listed")
    copy = lab.clone(user=bob.user, code=made.code, now=now)
    assert lab.typed(copy)["initial_prompt"] == "Harmless."
    assert lab.typed(copy)["openness"] == "secret"
    lab.roll_back(made, number=1)
    with pytest.raises(Missing):
        lab.clone(user=bob.user, code=made.code, now=now)


def test_numbers_in_a_file_stand_for_their_digits(alice, now):
    values = {"name": "Nina", "max_tokens": 800, "temperature": 0.25, "tags": ["x"], "top_p": True}
    file = json.dumps({"format": "gptlab-assistant", "version": 1, "assistant": values}).encode()
    typed = lab.typed(lab.imported(user=alice.user, content=file, now=now))
    assert (typed["name"], typed["max_tokens"], typed["temperature"], typed["tags"]) == ("Nina", "800", "0.25", "")
