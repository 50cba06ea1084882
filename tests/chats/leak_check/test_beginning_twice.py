"""What a double click on the check's button makes. SQLite lets one write at a time; so PostgreSQL is asked, too."""

import subprocess
import sys
import threading

import pytest
from django.db import connections

from assistants import lab
from benchmarks import private_postgres
from chats import leak_check
from chats.models import LeakCheck
from gptlab.errors import Conflict
from tests.chats.conftest import NOW
from tests.lab import REPOSITORY, fresh_environment

AT_ONCE = 6
TOLD = {"initial_prompt": "You are Moo.", "model": "gpt-4.1-mini", "max_tokens": 300, "personality": "witty"}


@pytest.mark.django_db(transaction=True)
def test_of_checks_that_begin_at_once_one_does_and_the_others_are_told(alice, visit):
    draft, start, ends = lab.begin(user=alice, now=NOW, values={"name": "Moo"}), threading.Barrier(AT_ONCE), []

    def press():
        start.wait()
        try:
            leak_check.begin(user=alice, visit=visit, assistant=draft, told=TOLD, now=NOW)
            ends.append("begun")
        except Conflict:
            ends.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["begun"] + ["refused"] * (AT_ONCE - 1)
    assert (LeakCheck.objects.count(), draft.versions.count()) == (1, 1)


@pytest.mark.long
@pytest.mark.timeout(300)
def test_on_postgres_it_is_the_same(tmp_path):
    command = [sys.executable, "-m", "pytest", __file__, "-q", "-n0", "-p", "no:cacheprovider", "-m", "not long"]
    try:
        with private_postgres.running() as url:
            environment = fresh_environment(tmp_path) | {"DATABASE_URL": url}
            done = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False)
    except private_postgres.NoPostgres as error:
        pytest.skip(str(error))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout
