"""Backups of the tests' own database, which is a file of SQLite."""

import io
import os
import shutil
import sqlite3
import stat
import threading

import pytest
from django.conf import settings as project
from django.core.management import CommandError, call_command
from django.db import connection

from assistants import word_index
from assistants.models import Assistant, Version
from gptlab import backups
from tests.chats.conftest import NOW, make_assistant

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("sqlite" not in project.DATABASES["default"]["ENGINE"], reason="is about SQLite"),
]


def run(command, *arguments):
    call_command(command, *map(str, arguments), stdout=(out := io.StringIO()))
    return out.getvalue()


def names():
    return sorted(Assistant.objects.values_list("name", flat=True))


@pytest.fixture
def file(tmp_path):
    """A backup with Sam in it."""
    make_assistant(name="Sam")
    run("back_up", path := tmp_path / "lab.backup")
    return path


def changed(file, *statements):
    with sqlite3.connect(file) as database:
        for statement in statements:
            database.execute(statement)
    database.close()


def test_what_was_backed_up_comes_back(file):
    Assistant.objects.update(name="Max")
    make_assistant(name="Later")
    assert "is the database now" in run("restore", file, "--replace")
    assert names() == ["Sam"]
    assert Version.objects.get().initial_prompt == "Ask until they find it."


def test_it_is_one_file_for_its_owner_alone(file):
    assert os.listdir(file.parent) == [file.name]
    assert stat.S_IMODE(os.stat(file).st_mode) == 0o600


def test_a_backup_says_what_to_keep_apart_and_no_secret_is_in_it(file, tmp_path):
    assert "secrets.env" in run("back_up", file)
    content = file.read_bytes()
    for key in (*project.PEPPERS, *project.PROMPT_KEYS):
        assert key not in content
        assert key.hex().encode() not in content
    assert b"Ask until they find it." not in content


def test_backing_up_again_takes_the_place_of_the_older_one(file):
    make_assistant(name="Later")
    run("back_up", file)
    run("restore", file, "--replace")
    assert names() == ["Later", "Sam"]


def test_restoring_again_changes_nothing(file):
    run("restore", file, "--replace")
    run("restore", file, "--replace")
    assert names() == ["Sam"]


def test_another_file_is_not_written_over(tmp_path):
    (path := tmp_path / "thesis.txt").write_text("Four years of work")
    with pytest.raises(CommandError, match="something else stands there"):
        run("back_up", path)
    assert path.read_text() == "Four years of work"


def test_a_folder_that_is_not_there_is_said(tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        run("back_up", tmp_path / "nowhere" / "x")


def test_a_database_with_something_in_it_is_not_replaced_by_the_way(file):
    Assistant.objects.update(name="Max")
    with pytest.raises(CommandError, match="--replace"):
        run("restore", file)
    assert names() == ["Max"]


def test_an_empty_one_is(file):
    Assistant.objects.update(active_version=None)
    Assistant.objects.all().delete()
    run("restore", file)
    assert names() == ["Sam"]


def test_a_dry_run_looks_and_changes_nothing(file):
    Assistant.objects.update(name="Max")
    assert "is fit to be restored" in run("restore", file, "--dry-run")
    assert names() == ["Max"]


def test_a_backup_of_a_later_version_is_refused(file):
    changed(file, "INSERT INTO django_migrations (app, name, applied) VALUES ('chats', '9999_later', '2030-01-01')")
    with pytest.raises(CommandError, match=r"a later GPT Lab wrote it \(chats.9999_later\)"):
        run("restore", file, "--replace")
    assert names() == ["Sam"]


def test_a_backup_of_an_earlier_version_says_what_is_to_be_done(file):
    changed(file, "DELETE FROM django_migrations WHERE app = 'chats' AND name LIKE '0014%'")
    try:
        assert "1 migrations are missing. Type: manage.py migrate" in run("restore", file, "--replace")
    finally:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO django_migrations (app, name, applied) VALUES ('chats', '0014_recap_model', '2026-01-01')"
            )


def damage(file):
    """In the middle, where rows are."""
    with file.open("r+b") as content:
        for page in range(2, file.stat().st_size // 4096):
            content.seek(page * 4096 + 8)
            content.write(b"\xff" * 64)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (damage, "damaged"),
        (lambda file: os.truncate(file, file.stat().st_size // 2), "damaged"),
        (lambda file: os.truncate(file, 0), "no SQLite database"),
        (lambda file: file.write_text("no database"), "no SQLite database"),
        (lambda file: changed(file, "DROP TABLE django_migrations"), "no table of migrations"),
        (lambda file: changed(file, "PRAGMA foreign_keys = OFF", "DELETE FROM assistants_assistant"), "rows are missing"),
    ],
)
def test_a_file_that_is_not_whole_changes_nothing(file, spoil, reason):
    spoil(file)
    Assistant.objects.update(name="Max")
    with pytest.raises(CommandError, match=reason):
        run("restore", file, "--replace")
    assert names() == ["Max"]


def test_a_backup_that_is_cut_off_does_not_take_the_place_of_a_whole_one(file, monkeypatch):
    before = file.read_bytes()
    monkeypatch.setattr("gptlab.backups.sqlite._copy", lambda source, target, tell: target.execute("CREATE TABLE half (x)"))
    with pytest.raises(CommandError, match="No backup was made"):
        run("back_up", file)
    assert file.read_bytes() == before
    assert os.listdir(file.parent) == [file.name]


def test_a_copy_is_of_one_moment_while_others_write(tmp_path, monkeypatch):
    """Each writer adds two rows in one transaction: a copy that has one of them is of no moment."""
    monkeypatch.setattr("gptlab.backups.sqlite.PAGES", 1)
    path, stop = str(connection.settings_dict["NAME"]), threading.Event()
    make_assistant(name="Sam")

    def write():
        with sqlite3.connect(path, timeout=20, isolation_level=None) as database:
            number = 0
            while not stop.is_set():
                number += 1
                for half in ("a", "b"):
                    database.execute("BEGIN IMMEDIATE") if half == "a" else None
                    database.execute(
                        "INSERT INTO accounts_user"
                        " (id, password, is_superuser, is_active, is_staff, may_share, created_at, terms_version)"
                        " VALUES (?, '', 0, 1, 0, 1, '2026-01-01', ?)", (f"{number:031x}{half}", "x" * 30),
                    )  # fmt: skip
                database.execute("COMMIT")
        database.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for n in range(3):
            backups.back_up(tmp_path / f"{n}")
    finally:
        stop.set()
        writer.join(20)
    counts = []
    for n in range(3):
        with sqlite3.connect(tmp_path / f"{n}") as copy:
            counts.append(copy.execute("SELECT COUNT(*) FROM accounts_user").fetchone()[0])
        copy.close()
    assert all(count % 2 == 0 for count in counts), counts
    assert counts[-1] > 0
    assert counts == sorted(counts)


def test_what_is_written_after_the_copy_began_is_not_in_it(tmp_path, monkeypatch):
    """Else it would begin anew each time, and on a busy day never end."""
    monkeypatch.setattr("gptlab.backups.sqlite.PAGES", 1)
    make_assistant(name="Sam")
    told = []

    def write(done):
        told.append(done)
        if len(told) < 20:
            Assistant.objects.create(name=f"Later {len(told)}", created_at=NOW)

    backups.back_up(file := tmp_path / "lab.backup", tell=write)
    assert len(told) < 1000
    run("restore", file, "--replace")
    assert names() == ["Sam"]


def test_who_has_the_database_open_sees_the_other_content(file):
    Assistant.objects.update(name="Max")
    with sqlite3.connect(str(connection.settings_dict["NAME"])) as open_since:
        assert open_since.execute("SELECT name FROM assistants_assistant").fetchone() == ("Max",)
        backups.restore(file, replace=True)
        assert open_since.execute("SELECT name FROM assistants_assistant").fetchone() == ("Sam",)
        assert open_since.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    open_since.close()


def test_prompts_that_do_not_open_are_said(file, settings):
    settings.PROMPT_KEYS = [b"0" * 32]
    with pytest.raises(CommandError, match=r"2 prompts in it open with none") as refusal:
        run("restore", file, "--replace")
    assert refusal.value.returncode == 1


def test_the_search_still_finds_what_came_back(file):
    Assistant.objects.update(showcased=False)
    run("back_up", other := file.with_name("other"))
    Assistant.objects.update(showcased=True)
    run("restore", other, "--replace")
    assert len(word_index.found(Assistant.objects.community(), ["sam"], most=5)) == 1


def test_a_backup_is_a_database_by_itself(file, tmp_path):
    shutil.copy(file, copy := tmp_path / "copy")
    with sqlite3.connect(f"file:{copy}?mode=ro", uri=True) as database:
        assert database.execute("SELECT name, created_at FROM assistants_assistant").fetchone()[0] == "Sam"
    database.close()
