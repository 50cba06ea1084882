import os
from typing import Any

import pytest
from django.db import IntegrityError
from hypothesis import given
from hypothesis import strategies as st

from accounts import credentials
from accounts.models import Credential, User
from gptlab import crypto

from .conftest import ALICE_KEY, BOB_KEY, NOW

PEPPER, NEWER_PEPPER = bytes(range(32)), bytes(range(1, 33))
ascii_text = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1)


@pytest.fixture(autouse=True)
def one_pepper(settings: Any) -> None:
    settings.PEPPERS = [PEPPER]
    settings.KEY_ITERATIONS = 10


def root(key: str = ALICE_KEY, provider: str = "openai", pepper: bytes = PEPPER, iterations: int = 10) -> credentials.Root:
    return credentials.root(provider=provider, key=key, pepper=pepper, iterations=iterations)


def make(key: str = ALICE_KEY, provider: str = "openai") -> credentials.Account:
    newest = credentials.newest_root(provider=provider, key=key)
    return credentials.make(provider=provider, newest=newest, terms_version="1", now=NOW)


def find(key: str = ALICE_KEY, provider: str = "openai") -> credentials.Account | None:
    return credentials.find(provider=provider, key=key, newest=credentials.newest_root(provider=provider, key=key))


def test_the_hash_is_what_the_design_says() -> None:
    """Built again from the parts, so that no change of the code locks everyone out unnoticed."""
    salt = crypto.derive(PEPPER, b"id-salt")
    secret = b"\0\0\0\x06openai" + len(ALICE_KEY).to_bytes(4, "big") + ALICE_KEY.encode()
    assert root().secret == crypto.stretch(secret, salt=salt, iterations=10)
    assert root().lookup_hash == crypto.derive(root().secret, b"lookup-hash").hex()


@given(ascii_text, ascii_text, ascii_text, ascii_text)
def test_only_the_same_provider_and_key_have_the_same_hash(provider: str, key: str, provider2: str, key2: str) -> None:
    same = root(key, provider, iterations=1).lookup_hash == root(key2, provider2, iterations=1).lookup_hash
    assert same == ((provider, key) == (provider2, key2))


def test_the_hash_changes_with_pepper_and_iterations() -> None:
    hashes = {root().lookup_hash, root(pepper=NEWER_PEPPER).lookup_hash, root(iterations=11).lookup_hash}
    assert len(hashes) == 3


def test_what_names_the_row_does_not_open_it() -> None:
    """The original encrypted with the very hash that its database stored."""
    salt = os.urandom(32)
    wrapping_key = root().wrapping_key(salt)
    assert wrapping_key != bytes.fromhex(root().lookup_hash)
    assert wrapping_key != root().wrapping_key(os.urandom(32))
    assert crypto.derive(bytes.fromhex(root().lookup_hash), b"wrapping-key", salt=salt) != wrapping_key


@given(ascii_text, st.binary(min_size=32, max_size=32))
def test_a_wrapped_data_key_is_unwrapped_by_the_same_root(key: str, data_key: bytes) -> None:
    credential = Credential(user=User(), kind="api_key", provider="openai")
    credentials.wrap(credential, root=root(key, iterations=1), data_key=data_key)
    assert credentials.unwrap(credential, root=root(key, iterations=1)) == data_key
    assert data_key not in bytes(credential.wrapped_data_key)
    with pytest.raises(crypto.Damaged):
        credentials.unwrap(credential, root=root(key + "x", iterations=1))


@pytest.mark.parametrize("field", ["user_id", "kind", "provider", "salt", "wrapped_data_key"])
def test_a_row_of_which_something_was_swapped_does_not_open(field: str) -> None:
    alice, bob = (Credential(user=User(), kind=kind, provider=of) for kind, of in [("api_key", "openai"), ("recovery", "attic")])
    for credential in (alice, bob):
        credentials.wrap(credential, root=root(), data_key=crypto.random_key())
    setattr(alice, field, getattr(bob, field))
    with pytest.raises(crypto.Damaged):
        credentials.unwrap(alice, root=root())


@pytest.mark.django_db
def test_a_new_account_is_found_again_by_its_key_alone() -> None:
    made = make()
    found = find()
    assert found is not None
    assert (found.user, found.credential, found.data_key) == (made.user, made.credential, made.data_key)
    assert len(made.data_key) == 32
    assert find(BOB_KEY) is None
    assert find(provider="demo") is None


@pytest.mark.django_db
def test_every_account_has_a_data_key_of_its_own() -> None:
    assert make().data_key != make(BOB_KEY).data_key


@pytest.mark.django_db
def test_neither_key_nor_root_nor_data_key_is_in_the_database() -> None:
    made = make()
    row, user = Credential.objects.values().get(), User.objects.values().get()
    everything = repr([row, user]).encode() + bytes(row["salt"]) + bytes(row["wrapped_data_key"])
    for secret in (ALICE_KEY.encode(), made.data_key, root().secret, root().secret.hex().encode(), made.data_key.hex().encode()):
        assert secret not in everything


@pytest.mark.django_db
def test_the_same_key_makes_no_second_account_and_leaves_no_user_behind() -> None:
    make()
    with pytest.raises(IntegrityError):
        make()
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_a_second_credential_wraps_the_same_data_key() -> None:
    made = make()
    second = Credential(user=made.user, kind=Credential.Kind.API_KEY, provider="openai", created_at=NOW)
    credentials.wrap(second, root=root(BOB_KEY), data_key=made.data_key)
    second.save()
    found = find(BOB_KEY)
    assert found is not None
    assert (found.user, found.data_key) == (made.user, made.data_key)


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"PEPPERS": [NEWER_PEPPER, PEPPER]}, {"KEY_ITERATIONS": 20}, {"KEY_ITERATIONS": 5}])
def test_an_older_row_opens_and_is_brought_up_to_date(settings: Any, change: dict[str, Any]) -> None:
    made = make()
    before = Credential.objects.values().get()
    for name, value in change.items():
        setattr(settings, name, value)
    found = find()
    assert found is not None
    assert (found.user, found.data_key) == (made.user, made.data_key)
    after = Credential.objects.values().get()
    assert {name for name in after if after[name] != before[name]} >= {"lookup_hash", "salt", "wrapped_data_key"}
    assert after["iterations"] == settings.KEY_ITERATIONS
    assert after["lookup_hash"] == credentials.newest_root(provider="openai", key=ALICE_KEY).lookup_hash

    settings.PEPPERS = settings.PEPPERS[:1]  # the old pepper is thrown away
    again = find()
    assert again is not None
    assert again.data_key == made.data_key


@pytest.mark.django_db
def test_pepper_and_iterations_may_be_old_at_once(settings: Any) -> None:
    made = make()
    settings.PEPPERS, settings.KEY_ITERATIONS = [NEWER_PEPPER, PEPPER], 30
    make(BOB_KEY)
    found = find()
    assert found is not None
    assert found.data_key == made.data_key


@pytest.mark.django_db
def test_without_its_pepper_a_row_is_not_found(settings: Any) -> None:
    make()
    settings.PEPPERS = [NEWER_PEPPER]
    assert find() is None


@pytest.mark.django_db
def test_a_known_key_is_hashed_once(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.PEPPERS = [PEPPER, NEWER_PEPPER]
    make()
    hashed = []
    stretch = crypto.stretch
    monkeypatch.setattr(crypto, "stretch", lambda *args, **rest: hashed.append(1) or stretch(*args, **rest))
    assert find() is not None
    assert len(hashed) == 1


@pytest.mark.django_db
def test_credentials_swapped_between_users_open_nothing() -> None:
    alice, bob = make(), make(BOB_KEY)
    Credential.objects.filter(pk=bob.credential.pk).update(user=alice.user)
    with pytest.raises(crypto.Damaged):
        find(BOB_KEY)


def test_nothing_that_holds_a_secret_shows_it() -> None:
    account = credentials.Account(User(), Credential(), b"data-key-data-key-data-key-data-")
    assert "data-key" not in repr(account)
    assert root().secret.hex()[:8] not in repr(root())
    assert repr(root().secret) not in repr(root())
