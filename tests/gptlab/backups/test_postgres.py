"""Backups of a PostgreSQL of the tests' own, as an operator makes them: from the command line."""

import os
import signal
import stat
import subprocess
import sys
import time

import pytest

from benchmarks import private_postgres
from tests.lab import REPOSITORY, fresh_environment

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    data = tmp_path_factory.mktemp("data")
    try:
        with private_postgres.running() as url:
            environment = fresh_environment(data) | {"GPTLAB_DATA": str(data), "DATABASE_URL": url, "LOG_LEVEL": "WARNING"}
            manage(environment, "migrate", "--verbosity", "0")
            manage(environment, "load_showcase")
            yield environment
    except private_postgres.NoPostgres as error:
        pytest.skip(str(error))


@pytest.fixture
def file(environment, tmp_path):
    manage(environment, "back_up", path := tmp_path / "lab.backup")
    return path


def manage(environment, *arguments, code=0):
    command = [sys.executable, "manage.py", *map(str, arguments)]
    done = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr


def query(environment, statement):
    command = ["psql", "--no-psqlrc", "--tuples-only", "--no-align", environment["DATABASE_URL"], "--command", statement]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def names(environment):
    return query(environment, "SELECT string_agg(name, ',' ORDER BY name) FROM assistants_assistant")


def rename(environment):
    query(environment, "UPDATE assistants_assistant SET name = 'Max'")


def test_what_was_backed_up_comes_back(environment, file):
    assert stat.S_IMODE(os.stat(file).st_mode) == 0o600
    assert os.listdir(file.parent) == [file.name]
    before = names(environment)
    rename(environment)
    assert "--replace" in manage(environment, "restore", file, code=1)
    assert names(environment) != before
    assert "is the database now" in manage(environment, "restore", file, "--replace")
    assert names(environment) == before
    assert "0 made, 0 with a new version" in manage(environment, "load_showcase")  # sequences, indexes and prompts are in order
    assert "is the database now" in manage(environment, "restore", file, "--replace")
    query(environment, "INSERT INTO assistants_assistantday (assistant_id, day, sessions, replies, people, guard_blocks, flagged)"
          " SELECT id, '2026-01-01', 0, 0, 0, 0, 0 FROM assistants_assistant")  # fmt: skip


def test_tables_of_a_later_version_go_with_what_is_replaced(environment, file):
    query(environment, "CREATE TABLE later (assistant bigint REFERENCES assistants_assistant)")
    manage(environment, "restore", file, "--replace")
    assert query(environment, "SELECT to_regclass('later')") == ""


@pytest.mark.parametrize(
    "spoil", [lambda file: os.truncate(file, file.stat().st_size * 2 // 3), lambda file: file.write_text("x")]
)
def test_a_file_that_is_not_whole_changes_nothing(environment, file, spoil):
    spoil(file)
    before = names(environment)
    assert "Nothing was restored" in manage(environment, "restore", file, "--replace", code=1)
    assert names(environment) == before


def test_a_backup_of_a_later_version_is_refused(environment, file, tmp_path):
    query(environment, "INSERT INTO django_migrations (app, name, applied) VALUES ('chats', '9999_later', now())")
    assert "9999_later" in manage(environment, "back_up", tmp_path / "x", code=1)
    assert not (tmp_path / "x").exists()
    query(environment, "DELETE FROM django_migrations WHERE name = '9999_later'")


def test_a_restore_that_is_killed_changes_nothing(environment, file):
    """It waits for a lock; killed meanwhile, it must not go on when the lock is free."""
    before = names(environment)
    rename(environment)
    holding = subprocess.Popen(["psql", "--quiet", environment["DATABASE_URL"]], stdin=subprocess.PIPE, text=True)
    holding.stdin.write("BEGIN; LOCK TABLE assistants_assistant IN ACCESS SHARE MODE;\n")
    holding.stdin.flush()
    command = [sys.executable, "manage.py", "restore", str(file), "--replace"]
    restoring = subprocess.Popen(command, cwd=REPOSITORY, env=environment, start_new_session=True)
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    deadline = time.monotonic() + 30
    while query(environment, waiting) == "0":
        assert time.monotonic() < deadline
        time.sleep(0.1)
    os.kill(restoring.pid, signal.SIGKILL)
    restoring.wait(10)
    holding.communicate("ROLLBACK;\n", timeout=10)
    time.sleep(1)
    assert set(names(environment).split(",")) == {"Max"}
    manage(environment, "restore", file, "--replace")
    assert names(environment) == before


def test_the_password_is_no_argument_and_missing_programs_are_named(environment, tmp_path):
    said = manage(environment | {"PATH": str(tmp_path)}, "back_up", tmp_path / "x", code=1)
    assert "pg_dump is not on this machine: apt install postgresql-client" in said


def test_a_password_goes_by_environment():
    from gptlab.backups.postgres import Kind

    kind = Kind({"NAME": "lab", "USER": "lab", "PASSWORD": "secret-1", "HOST": "db", "PORT": "5432", "OPTIONS": {"pool": True}})
    assert "secret-1" not in " ".join(kind._where)
    assert kind._environment["PGPASSWORD"] == "secret-1"
