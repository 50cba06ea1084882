"""What `make run` says on a machine that lacks something: one line, with what to type."""

import os
import shutil
import subprocess

import pytest

PYTHONS = {
    "Python 3.11 or newer is missing": "exit 1",
    "This Python has no venv module": 'case "$2" in *ensurepip*) exit 1;; esac',
}


@pytest.mark.parametrize("says", PYTHONS)
def test_what_is_missing_is_said_with_what_to_type(says, tmp_path, repository):
    for name in ("Makefile", "requirements.txt"):
        shutil.copy(repository / name, tmp_path)
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\n{PYTHONS[says]}\n")
    python.chmod(0o755)
    command = ["make", "run", f"PYTHON={python}"]
    alone = {"PATH": os.environ["PATH"]}  # not a part of the make that runs the tests
    answer = subprocess.run(command, cwd=tmp_path, env=alone, capture_output=True, text=True, check=False)
    assert answer.returncode != 0
    assert answer.stdout == ""
    assert answer.stderr.startswith(says)
    assert "Type: sudo apt install" in answer.stderr.split("\n")[0]
    assert not (tmp_path / ".venv").exists()


def test_help_lists_every_target(repository):
    listed = subprocess.run(["make", "help"], cwd=repository, capture_output=True, text=True, check=True).stdout
    for target in ("run", "test", "long", "lint", "types", "faults", "bench", "clean"):
        assert f"make {target} " in listed
