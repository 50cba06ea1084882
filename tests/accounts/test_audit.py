from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts import audit
from accounts.models import AuditEntry, User

NOW = datetime(2026, 11, 27, 12, 0, 0, 123, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def moderator():
    return User.objects.create_superuser("mo", "a long password")


@pytest.fixture
def three(moderator):
    return [audit.record("suspended", by=moderator, now=NOW, subject=f"assistant {n}", detail="Ünsafe") for n in range(3)]


def tamper(sql, *params):
    """What the ORM refuses to do."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def run(**options):
    out, err = StringIO(), StringIO()
    try:
        call_command("verify_audit", stdout=out, stderr=err, **options)
    except CommandError as error:
        return error.returncode, out.getvalue() + err.getvalue()
    return 0, out.getvalue() + err.getvalue()


def test_entries_are_numbered_and_chained(three):
    assert [entry.number for entry in three] == [1, 2, 3]
    assert [entry.previous for entry in three[1:]] == [entry.digest for entry in three[:-1]]
    assert run() == (0, f"3 entries, newest digest {three[-1].digest}.\nNothing was changed.\n")


def test_an_empty_log_is_whole():
    assert run()[0] == 0


@pytest.mark.parametrize(
    "change", ["action = 'approved'", "actor = 'eve'", "subject = 'assistant 9'", "detail = ''", "at = '2026-11-26 12:00:00'"]
)
def test_a_changed_entry_is_found(three, change):
    tamper(f"UPDATE accounts_auditentry SET {change} WHERE number = 2")
    code, said = run()
    assert code == 1
    assert "Entry 2: it was changed." in said


def test_an_entry_that_was_taken_out_is_found(three):
    tamper("DELETE FROM accounts_auditentry WHERE number = 2")
    code, said = run()
    assert code == 1
    assert "Entry 3: entries between 1 and this one are missing." in said


def test_an_entry_that_was_taken_out_is_found_though_the_rest_was_numbered_anew(three):
    tamper("DELETE FROM accounts_auditentry WHERE number = 2")
    tamper("UPDATE accounts_auditentry SET number = 2 WHERE number = 3")
    code, said = run()
    assert code == 1
    assert "Entry 2: it does not follow the entry before it." in said


def test_a_chain_that_was_made_anew_without_the_servers_secret_is_found(three, settings):
    known = settings.PROMPT_KEYS
    tamper("DELETE FROM accounts_auditentry")
    settings.PROMPT_KEYS = [b"e" * 32]
    audit.record("approved", by=None, now=NOW)
    settings.PROMPT_KEYS = known
    code, said = run()
    assert code == 1
    assert "1 entries are not sealed" in said


def test_a_rotated_secret_still_vouches_for_old_entries(three, settings):
    settings.PROMPT_KEYS = [b"n" * 32, *settings.PROMPT_KEYS]
    audit.record("approved", by=None, now=NOW)
    assert run()[0] == 0


def test_a_missing_end_is_found_by_the_digest_that_was_noted(three):
    noted = three[-1].digest
    tamper("DELETE FROM accounts_auditentry WHERE number = 3")
    assert run()[0] == 0
    code, said = run(newest=noted)
    assert code == 1
    assert "Entry 2: the noted digest is not in the chain" in said
    assert run(newest=three[0].digest)[0] == 0


def test_nothing_but_adding_is_possible(three):
    entry = three[0]
    entry.action = "approved"
    for change in (entry.save, entry.delete, AuditEntry.objects.all().delete, lambda: AuditEntry.objects.update(actor="eve")):
        with pytest.raises(TypeError, match="only ever added to"):
            change()
    assert run()[0] == 0


def test_entries_stay_when_their_actor_goes(three, moderator):
    moderator.delete()
    assert AuditEntry.objects.get(number=1).actor == "mo"
    assert run()[0] == 0


@pytest.mark.django_db(transaction=True)
def test_entries_made_at_once_all_find_their_place():
    def add(n):
        try:
            return audit.record("approved", by=None, now=NOW, subject=str(n)).number
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(add, range(20)))
    assert sorted(numbers) == list(range(1, 21))
    assert run()[0] == 0


def test_an_older_secret_may_go_once_the_log_is_sealed_anew(three, settings):
    old = settings.PROMPT_KEYS
    settings.PROMPT_KEYS = [b"n" * 32, *old]
    assert audit.reseal() == 3
    assert audit.reseal() == 0
    settings.PROMPT_KEYS = [b"n" * 32]
    assert run()[0] == 0


def test_what_no_known_secret_vouches_for_is_not_sealed_anew(three, settings):
    settings.PROMPT_KEYS = [b"n" * 32, b"o" * 32]
    assert audit.reseal() == 0
    assert run()[0] == 1
