import pytest
from django.contrib.auth.models import AnonymousUser

from assistants import codes
from assistants.errors import Retired, Unfinished, UnknownCode
from assistants.meeting import meet
from assistants.models import Assistant, Version

pytestmark = pytest.mark.django_db
NOBODY = AnonymousUser()


def test_one_is_met_with_the_version_that_new_chats_begin_with(make_assistant):
    assistant = make_assistant()
    assert meet(assistant.code, user=NOBODY) == (assistant, assistant.active_version)


def test_the_code_may_be_typed_in_any_way(make_assistant):
    assistant = make_assistant()
    assert meet(f" {codes.grouped(assistant.code).lower()} ", user=NOBODY)[0] == assistant


@pytest.mark.parametrize("typed", ["", "X", "0" * 20, "٧" * 20, "a" * 5000, "\0", "../../x"])
def test_what_opens_nobody_is_an_unknown_code(typed):
    with pytest.raises(UnknownCode):
        meet(typed, user=NOBODY)


def test_a_strangers_private_one_is_unknown_even_when_it_is_retired(make_assistant, alice, bob):
    private = make_assistant(creator=alice, visibility="private")
    for is_active in (True, False):
        Assistant.objects.update(is_active=is_active)
        for user in (bob, NOBODY):
            with pytest.raises(UnknownCode):
                meet(private.code, user=user)


def test_a_retired_one_is_known_but_not_met(make_assistant):
    assistant = make_assistant(name="Old Ada", is_active=False)
    with pytest.raises(Retired, match="Old Ada was retired") as caught:
        meet(assistant.code, user=NOBODY)
    assert caught.value.assistant == assistant


def test_one_without_a_prompt_or_a_model_is_unfinished(make_assistant):
    assistant = make_assistant()
    Version.objects.update(model="")
    with pytest.raises(Unfinished):
        meet(assistant.code, user=NOBODY)
    Assistant.objects.update(active_version=None)
    with pytest.raises(Unfinished) as caught:
        meet(assistant.code, user=NOBODY)
    assert caught.value.assistant == assistant


def test_the_secret_prompt_is_not_loaded(make_assistant):
    _assistant, version = meet(make_assistant().code, user=NOBODY)
    assert {"initial_prompt", "summary_prompt"} <= version.get_deferred_fields()
