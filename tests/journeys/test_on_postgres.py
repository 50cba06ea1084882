"""What SQLite forgives, or never does at once, on a PostgreSQL of the tests' own."""

import subprocess
import sys

import pytest

from benchmarks import private_postgres
from tests.lab import REPOSITORY, fresh_environment

pytestmark = pytest.mark.long
HERE = ("tests/journeys/test_nul.py", "tests/assistants/lab/test_publishing_twice.py")


@pytest.mark.timeout(300)
def test_what_came_of_a_nul_and_of_publishing_twice_is_the_same_on_postgres(tmp_path):
    command = [sys.executable, "-m", "pytest", *HERE, "-q", "-n0", "-p", "no:cacheprovider"]
    try:
        with private_postgres.running() as url:
            environment = fresh_environment(tmp_path) | {"DATABASE_URL": url}
            done = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False)
    except private_postgres.NoPostgres as error:
        pytest.skip(str(error))
    assert done.returncode == 0, done.stdout + done.stderr
