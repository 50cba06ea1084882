"""What an operator may expect of every command."""

import re
from importlib import import_module

import pytest

from tests.conventions import source

PATHS = [path for path in source.modules() if "commands" in path.parts and path.stem != "__init__"]
LOOKING_ONLY = {"verify_audit", "lab", "evaluate_guard", "statistics", "check_upstream"}
WRITING_A_FILE = {"back_up", "export_assistants"}
NOT_OF_THE_PLACE = {"lab", "evaluate_guard"}  # one starts it, the other measures the code


def parsed(path):
    command = import_module(".".join(path.with_suffix("").parts)).Command()
    parser = command.create_parser("manage.py", path.stem)
    return command, {option for action in parser._actions for option in action.option_strings}


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_help_says_what_a_command_does(path):
    command, _options = parsed(path)
    assert len(command.help.split()) > 8


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_what_changes_something_can_be_tried_first(path):
    _command, options = parsed(path)
    assert ("--dry-run" in options) == (path.stem not in LOOKING_ONLY | WRITING_A_FILE)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_no_secret_is_an_argument(path):
    _command, options = parsed(path)
    assert not {option for option in options if re.fullmatch(r"--(api-)?(key|password|passphrase|secret)", option)}


def test_the_readme_lists_them():
    text = (source.REPOSITORY / "README.md").read_text().partition("## Commands")[2].partition("\n## ")[0]
    assert [path.stem for path in PATHS if f"`{path.stem}" not in text and path.stem not in NOT_OF_THE_PLACE] == []
