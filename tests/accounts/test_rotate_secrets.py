import io
import secrets
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts import credentials
from accounts.models import Credential
from assistants.models import Assistant, Draft, Report, Version
from gptlab import crypto, prompt_rotation
from gptlab.prompt_rotation import encrypted_fields, rotate
from tests.accounts.conftest import ALICE_KEY, NOW

OLD, NEW, OTHER = (bytes([n]) * 32 for n in (1, 2, 3))


@pytest.fixture
def filled(db, settings):
    """Texts under the old key, in every field that is encrypted: two prompts, a draft, a report."""
    settings.PROMPT_KEYS = [OLD]
    assistant = Assistant.objects.create(name="Tess", created_at=NOW)
    Version.objects.create(assistant=assistant, number=1, initial_prompt="You are Tess.", model="m", created_at=NOW)
    Draft.objects.create(assistant=assistant, content="{}", created_at=NOW, changed_at=NOW)
    Report.objects.create(assistant=assistant, reason="spam", words="Bad.", created_at=NOW)
    settings.PROMPT_KEYS = [NEW, OLD]


def tokens():
    found = {}
    for model, field in encrypted_fields():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT id, {field.column} FROM {model._meta.db_table}")
            found |= {(model.__name__, field.name, row[0]): row[1] for row in cursor.fetchall()}
    return found


def said_by(*arguments):
    call_command("rotate_secrets", *arguments, stdout=(out := io.StringIO()))
    return out.getvalue()


def test_every_encrypted_field_is_found():
    names = {f"{model.__name__}.{field.name}" for model, field in encrypted_fields()}
    assert {"Version.initial_prompt", "Version.summary_prompt", "Draft.content", "Report.words"} <= names


def test_all_texts_open_with_the_newest_key_alone_afterwards(filled, settings):
    assert rotate().renewed == len(tokens()) == 4
    settings.PROMPT_KEYS = [NEW]
    assert Version.objects.get().initial_prompt == "You are Tess."
    assert Report.objects.get().words == "Bad."


def test_running_it_again_changes_nothing(filled):
    rotate()
    before = tokens()
    again = rotate()
    assert (again.renewed, again.current) == (0, 4)
    assert tokens() == before


def test_a_dry_run_counts_and_changes_nothing(filled):
    before = tokens()
    assert rotate(dry_run=True).renewed == 4
    assert tokens() == before


def test_batches_go_on_until_all_are_done(filled, monkeypatch):
    monkeypatch.setattr(prompt_rotation, "BATCH", 1)
    assistant = Assistant.objects.get()
    told = {"assistant": assistant, "initial_prompt": "More.", "model": "m", "created_at": NOW}
    Version.objects.bulk_create(Version(number=n, **told) for n in range(2, 6))
    looked = []
    assert rotate(tell=looked.append).current == 8  # these were sealed with the newest
    assert looked[-1] == 12


def test_a_text_that_is_saved_meanwhile_is_not_undone(filled, monkeypatch):
    real = crypto.under_newest

    def and_somebody_saves(keys, token):
        Version.objects.update(initial_prompt="Saved meanwhile.")
        return real(keys, token)

    monkeypatch.setattr(crypto, "under_newest", and_somebody_saves)
    rotated = rotate()
    assert rotated.changed >= 1
    assert Version.objects.get().initial_prompt == "Saved meanwhile."


def test_what_opens_with_no_key_is_said_and_the_others_are_done(filled, settings):
    Report.objects.update(words="Readable.")
    settings.PROMPT_KEYS = [NEW]
    with pytest.raises(CommandError, match="3 texts open with none") as refusal:
        said_by()
    assert refusal.value.returncode == 1


def test_old_keys_may_go_when_all_is_under_the_newest(filled):
    assert "may go" not in said_by("--dry-run").splitlines()[1]
    assert "4 texts encrypted anew" in (said := said_by())
    assert "The 1 older ones may go, if every process" in said
    assert "0 texts encrypted anew, 4 under the newest" in said_by()


def test_without_older_ones_nothing_may_go(filled, settings):
    settings.PROMPT_KEYS = [OLD]
    said = said_by()
    assert "may go" not in said
    assert said.count("must stay") == 2


def test_worker_keys_may_go_after_minutes(filled, settings):
    settings.WORKER_KEYS = [NEW, OLD]
    assert "WORKER_KEYS: the 1 older ones may go 15 minutes after" in said_by()


@pytest.fixture
def account(db, settings):
    """Alice's key, under a pepper that is the older one now. It was last used on the 23rd of November 2026."""
    settings.PEPPERS = [OLD]
    newest = credentials.newest_root(provider="openai", key=ALICE_KEY)
    account = credentials.make(provider="openai", newest=newest, terms_version="t", now=NOW)
    settings.PEPPERS = [NEW, OLD]
    return account


def test_nobody_can_say_under_which_pepper_a_key_is(account):
    assert "which of the 1 keys are under an older one can't be known" in said_by()


def test_with_the_day_of_the_newest_it_is_known_who_came_since(account):
    assert "1 of 1 keys were not used since" in said_by("--pepper-since", "2026-11-23")
    assert credentials.find(provider="openai", key=ALICE_KEY, newest=credentials.newest_root(provider="openai", key=ALICE_KEY))
    Credential.objects.update(last_used_at=datetime(2026, 11, 24, tzinfo=UTC))
    assert "all 1 keys were used since. The 1 older ones may go" in said_by("--pepper-since", "2026-11-23")


def test_who_came_earlier_on_that_day_may_have_come_before_the_pepper(account):
    Credential.objects.update(last_used_at=datetime(2026, 11, 23, 23, 59, tzinfo=UTC))
    assert "1 of 1 keys were not used since" in said_by("--pepper-since", "2026-11-23")


def test_fewer_iterations_tell_as_well(account):
    Credential.objects.update(last_used_at=NOW + timedelta(days=9), iterations=10)
    assert "1 of 1 keys were not used since" in said_by("--pepper-since", "2026-11-23")


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", ""])
def test_an_odd_date_is_refused(db, text):
    with pytest.raises(CommandError, match="no date"):
        said_by("--pepper-since", text)


def test_nothing_secret_is_said(filled, settings):
    settings.PROMPT_KEYS = [secrets.token_bytes(32), *settings.PROMPT_KEYS]
    said = said_by()
    assert "Tess" not in said
    assert all(key.hex() not in said for key in settings.PROMPT_KEYS)
