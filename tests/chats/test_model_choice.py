import pytest

from chats.model_choice import model_choice
from tests.chats.conftest import visit_of

OPENAI = ("gpt-4o", "gpt-5", "gpt-6-luna", "gpt-6.1-terra")


@pytest.fixture
def choose(alice):
    return lambda wanted, *models: model_choice(visit_of(alice, models=models), wanted=wanted)


def test_the_assistants_own_model_is_preset(choose):
    choice = choose("gpt-4o", *OPENAI)
    assert (choice.preset, choice.fell_back) == ("gpt-4o", False)
    assert choice.names == ["gpt-6.1-terra", "gpt-6-luna", "gpt-4o"]


def test_without_it_the_first_that_is_offered_is(choose):
    choice = choose("gpt-9", *OPENAI)
    assert (choice.preset, choice.fell_back) == ("gpt-6.1-terra", True)


def test_a_model_that_is_not_offered_is_there_only_for_the_assistant_that_was_made_for_it(choose):
    assert "gpt-5" not in choose("gpt-4o", *OPENAI).names
    assert choose("gpt-5", *OPENAI).names[0] == choose("gpt-5", *OPENAI).preset == "gpt-5"


def test_a_key_without_a_list_leaves_the_assistants_own(choose):
    choice = choose("gpt-4o")
    assert (choice.names, choice.preset, choice.fell_back) == ([], "gpt-4o", False)
