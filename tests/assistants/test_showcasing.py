import pytest
from django.core.management import CommandError, call_command

from assistants.codes import grouped
from assistants.models import Assistant

pytestmark = pytest.mark.django_db


def run(capsys, command, *arguments):
    call_command(command, *arguments)
    return capsys.readouterr().out


def shown():
    return set(Assistant.objects.filter(showcased=True).values_list("name", flat=True))


def test_listed_assistants_go_on_the_showcase_and_off_again(capsys, make_assistant):
    one, two = make_assistant(name="One"), make_assistant(name="Two")
    assert "2 put on the showcase, 0 on it before" in run(capsys, "showcase", one.code, grouped(two.code).lower())
    assert shown() == {"One", "Two"}
    assert "1 taken off" in run(capsys, "unshowcase", one.code)
    assert shown() == {"Two"}


@pytest.mark.parametrize(("command", "word"), [("showcase", "1 on it before"), ("unshowcase", "1 not on it before")])
def test_running_it_again_changes_nothing(capsys, make_assistant, command, word):
    code = make_assistant(showcased=command == "unshowcase").code
    run(capsys, command, code)
    before = shown()
    assert word in run(capsys, command, code)
    assert shown() == before


@pytest.mark.parametrize("visibility", ["private", "unlisted"])
def test_what_is_not_listed_is_refused_and_the_others_are_done(make_assistant, alice, visibility):
    hidden, fine = make_assistant(name="Hidden", creator=alice, visibility=visibility), make_assistant(name="Fine")
    with pytest.raises(CommandError, match=f"{hidden.code}: only listed") as refusal:
        call_command("showcase", hidden.code, fine.code)
    assert refusal.value.returncode == 1
    assert shown() == {"Fine"}


def test_one_that_is_no_longer_listed_can_be_taken_off(capsys, make_assistant):
    code = make_assistant(showcased=True, visibility="unlisted").code
    assert "1 taken off" in run(capsys, "unshowcase", code)


@pytest.mark.parametrize("code", ["0" * 20, "u", "not a code at all"])
def test_a_code_of_nobody_is_named(code):
    with pytest.raises(CommandError, match=f"{code}: no assistant"):
        call_command("showcase", code)


def test_a_dry_run_changes_nothing(capsys, make_assistant):
    assert "nothing of this was written" in run(capsys, "showcase", make_assistant().code, "--dry-run")
    assert shown() == set()
