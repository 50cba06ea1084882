"""Commands die in the middle of their work, by SIGKILL. Nothing is half-done, and the next run finishes."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import pytest

from tests.lab import REPOSITORY, fresh_environment

pytestmark = [pytest.mark.faults, pytest.mark.long]

OLD, NEW = "11" * 32, "22" * 32
PASSPHRASE = "correct horse battery"

FILL = """
import django; django.setup()
from datetime import timedelta
from django.utils import timezone
from accounts.models import User
from assistants.models import Assistant, Version
from chats.models import ChatSession, Reply, Turn
now = timezone.now()
then = now - timedelta(days=400)
user = User.objects.create_visitor(terms_version="t", now=then)
house = [Assistant(name=f"Robot {n}", tagline="t", description="d", visibility="listed", created_at=now) for n in range(400)]
Assistant.objects.bulk_create(house)
told = {"number": 1, "initial_prompt": "You are secret.", "summary_prompt": "Sum up.", "model": "m", "created_at": now}
versions = Version.objects.bulk_create(Version(assistant=each, **told) for each in house)
for each, version in zip(house, versions): each.active_version = version
Assistant.objects.bulk_update(house, ["active_version"], batch_size=200)
row = {"user": user, "assistant": house[0], "version": versions[0], "started_at": then}
ages = [then] * 1500 + [now] * 20
sessions = ChatSession.objects.bulk_create((ChatSession(last_turn_at=age, **row) for age in ages), batch_size=500)
turns = [Turn(session=each, number=n, sealed_text="x" * 400, created_at=then) for each in sessions for n in range(3)]
Turn.objects.bulk_create(turns, batch_size=500)
reply = {"state": "done", "sealed_text": "y" * 2000, "sent_at": then, "created_at": then}
Reply.objects.bulk_create((Reply(session=turn.session, turn=turn, **reply) for turn in turns), batch_size=500)
"""


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """400 assistants, 1,520 chats of which 20 are of today."""
    data = tmp_path_factory.mktemp("filled") / "data"
    data.mkdir()
    environment = environment_of(data)
    manage(environment, "migrate", "--verbosity", "0")
    subprocess.run([sys.executable, "-c", FILL], cwd=REPOSITORY, env=environment, check=True)
    query(data, "PRAGMA wal_checkpoint(TRUNCATE)")
    return data


@pytest.fixture
def data(filled, tmp_path):
    return shutil.copytree(filled, tmp_path / "data")


def environment_of(data, **more):
    given = {"GPTLAB_DATA": str(data), "DJANGO_SETTINGS_MODULE": "gptlab.settings", "PROMPT_KEYS": OLD, "LOG_LEVEL": "WARNING"}
    return fresh_environment(data) | given | {"GPTLAB_EXPORT_PASSPHRASE": PASSPHRASE} | more


def manage(environment, *arguments):
    command = [sys.executable, "manage.py", *map(str, arguments)]
    done = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def kill_when(condition, environment, *arguments):
    """SIGKILL as soon as something is done, and before all is: the command must still be at work then."""
    command = [sys.executable, "manage.py", *map(str, arguments)]
    process = subprocess.Popen(command, cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    deadline = time.monotonic() + 60
    while not condition():
        assert process.poll() is None, process.communicate()[0].decode()
        assert time.monotonic() < deadline
        time.sleep(0.002)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait(10) == -signal.SIGKILL, "it was through before it was killed"
    process.stdout.close()


def query(data, statement):
    with closing(sqlite3.connect(data / "gptlab.sqlite3", timeout=20)) as database, database:
        return database.execute(statement).fetchall()


def count(data, table, where="1"):
    return query(data, f"SELECT COUNT(*) FROM {table} WHERE {where}")[0][0]


def is_sound(data):
    return query(data, "PRAGMA integrity_check") == [("ok",)] and query(data, "PRAGMA foreign_key_check") == []


def test_a_purge_that_is_killed_has_deleted_whole_chats_and_the_next_one_the_rest(data):
    environment = environment_of(data)
    kill_when(lambda: count(data, "chats_chatsession") < 1520, environment, "purge", "--sessions", "365d")
    left = count(data, "chats_chatsession")
    assert 20 < left < 1520
    assert count(data, "chats_turn") == count(data, "chats_reply") == 3 * left
    assert is_sound(data)
    assert manage(environment, "purge", "--sessions", "365d") == f"sessions: {left - 20:,}\n"
    assert (count(data, "chats_chatsession"), count(data, "chats_reply")) == (20, 60)
    assert manage(environment, "purge", "--sessions", "365d") == "sessions: 0\n"


def test_a_rotation_that_is_killed_has_lost_no_prompt_and_the_next_one_finishes(data):
    environment = environment_of(data, PROMPT_KEYS=f"{NEW},{OLD}")
    before = dict(query(data, "SELECT id, initial_prompt FROM assistants_version"))

    def changed():
        return [pk for pk, token in query(data, "SELECT id, initial_prompt FROM assistants_version") if token != before[pk]]

    kill_when(changed, environment, "rotate_secrets")
    done = len(changed())
    assert 0 < done < 800
    said = manage(environment, "rotate_secrets")
    assert f"{800 - done} texts encrypted anew, {done} under the newest key before" in said
    alone = environment_of(data, PROMPT_KEYS=NEW)
    assert "0 texts encrypted anew, 800 under" in manage(alone, "rotate_secrets")
    assert "400 assistants" in manage(alone, "export_assistants", data / "all.json")  # which opens each of them


def test_an_import_that_is_killed_has_whole_assistants_and_the_next_one_finishes(data, tmp_path):
    manage(environment_of(data), "export_assistants", file := tmp_path / "all.json")
    other = tmp_path / "other"
    other.mkdir()
    environment = environment_of(other, PROMPT_KEYS=NEW)
    manage(environment, "migrate", "--verbosity", "0")
    kill_when(lambda: count(other, "assistants_assistant"), environment, "import_assistants", file)
    arrived = count(other, "assistants_assistant")
    assert 0 < arrived < 400
    assert count(other, "assistants_assistant", "active_version_id IS NULL") == 0
    assert count(other, "assistants_version") == arrived
    assert is_sound(other)
    said = manage(environment, "import_assistants", file)
    assert said == f"{400 - arrived} made, 0 with a new version or new texts, {arrived} as before, 0 left alone.\n"
    assert (count(other, "assistants_assistant"), count(other, "assistants_version")) == (400, 400)


def test_a_backup_that_is_killed_leaves_the_one_before_it(data, tmp_path):
    environment = environment_of(data)
    folder = tmp_path / "backups"
    folder.mkdir()
    manage(environment, "back_up", file := folder / "lab.backup")
    before, part = file.read_bytes(), folder / ".lab.backup.part"
    kill_when(lambda: part.exists() and part.stat().st_size > 100_000, environment, "back_up", file)
    assert file.read_bytes() == before
    assert part.stat().st_mode & 0o777 == 0o600
    manage(environment, "back_up", file)
    assert os.listdir(folder) == [file.name]
    assert "is fit" in manage(environment, "restore", file, "--dry-run")


def test_a_restore_that_is_killed_leaves_the_database_as_it_was_and_the_next_one_is_whole(data, tmp_path):
    environment = environment_of(data)
    manage(environment, "back_up", file := tmp_path / "lab.backup")
    query(data, "UPDATE assistants_assistant SET name = 'Max'")
    query(data, "DELETE FROM chats_reply")
    query(data, "PRAGMA wal_checkpoint(TRUNCATE)")
    log = data / "gptlab.sqlite3-wal"
    kill_when(lambda: log.exists() and log.stat().st_size > 1_000_000, environment, "restore", file, "--replace")
    assert is_sound(data)
    assert query(data, "SELECT DISTINCT name FROM assistants_assistant") == [("Max",)]
    assert count(data, "chats_reply") == 0
    assert "is the database now" in manage(environment, "restore", file, "--replace")
    assert is_sound(data)
    assert (count(data, "chats_reply"), count(data, "assistants_assistant", "name = 'Max'")) == (4560, 0)
