import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from accounts import credentials, signing_in
from accounts.models import Credential, User
from gptlab import crypto, errors, words
from gptlab.llm import catalog
from gptlab.llm import errors as upstream_errors

from .conftest import ALICE_KEY, BOB_KEY, NOW, Upstream

SignIn = Callable[..., signing_in.SignedIn]
DEMO_KEY = "demo-0123456789ABCDEF"
MINTED = "lab-" + "7K3QX9MZ" * 4

REJECTED = [
    (upstream_errors.KeyRejected(), errors.Invalid, "OpenAI does not know this key"),
    (upstream_errors.ModelNotAllowed(), errors.Invalid, "lets it use no model"),
    (upstream_errors.QuotaExceeded(), errors.Invalid, "balance is used up"),
    (upstream_errors.RateLimited(12.4), errors.Limited, "slow down"),
    (upstream_errors.TimedOut(), errors.Unavailable, "can’t be reached"),
    (upstream_errors.Unreachable(), errors.Unavailable, "can’t be reached"),
    (upstream_errors.ServerFailed(), errors.Unavailable, "can’t be reached"),
    (upstream_errors.BadRequest(), errors.Unavailable, "can’t be reached"),
]


@pytest.fixture
def no_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **rest: Any) -> bytes:
        raise AssertionError("hashed")

    monkeypatch.setattr(crypto, "stretch", refuse)


# New and known keys


@pytest.mark.django_db
def test_a_new_key_makes_an_account(sign_in: SignIn, upstream: Upstream) -> None:
    signed_in = sign_in(f"  {ALICE_KEY}\n")
    assert signed_in.is_new
    assert signed_in.can_chat
    assert (signed_in.api_key, signed_in.models, signed_in.notice) == (ALICE_KEY, ("gpt-a", "gpt-b"), "")
    assert signed_in.credential.last_used_at == NOW
    assert signed_in.user.terms_version == words.terms_version()
    assert upstream.calls == [("openai", ALICE_KEY)]


@pytest.mark.django_db
def test_a_known_key_opens_the_same_account(sign_in: SignIn) -> None:
    first, later = sign_in(), sign_in(now=NOW + timedelta(days=1))
    assert not later.is_new
    assert (later.user, later.data_key) == (first.user, first.data_key)
    assert Credential.objects.get().last_used_at == NOW + timedelta(days=1)
    assert sign_in(BOB_KEY).user != first.user


@pytest.mark.django_db
def test_the_same_key_at_another_provider_is_another_account(sign_in: SignIn) -> None:
    minted = sign_in(MINTED, "attic", minted=True)
    newest = credentials.newest_root(provider="demo", key=MINTED)
    assert credentials.find(provider="demo", key=MINTED, newest=newest) is None
    assert minted.credential.provider == "attic"


@pytest.mark.django_db
def test_signing_in_is_agreeing_to_the_terms_of_the_day(sign_in: SignIn, settings: Any, tmp_path: Path) -> None:
    settings.PAGES_FOLDER = tmp_path
    assert not sign_in().agreed_anew
    assert not sign_in().agreed_anew
    (tmp_path / "terms.md").write_text("version: 2027-01\n\n# Terms\n")
    assert sign_in().agreed_anew
    assert User.objects.get().terms_version == "2027-01"
    assert not sign_in().agreed_anew
    assert not sign_in(BOB_KEY).agreed_anew


# Refused


@pytest.mark.django_db
@pytest.mark.parametrize(("trouble", "kind", "words"), REJECTED, ids=lambda value: getattr(value, "code", None))
def test_an_unknown_key_that_the_provider_does_not_take_makes_nothing(
    sign_in: SignIn, upstream: Upstream, caplog: Any, trouble: Any, kind: Any, words: str
) -> None:
    upstream.trouble = trouble
    with pytest.raises(kind, match=words) as caught:
        sign_in()
    assert "OpenAI" in str(caught.value)
    assert ALICE_KEY not in str(caught.value)
    assert (User.objects.count(), Credential.objects.count()) == (0, 0)
    assert ALICE_KEY not in caplog.text
    if isinstance(caught.value, errors.Limited):
        assert caught.value.retry_after == 12


@pytest.mark.django_db
def test_a_key_without_a_model_to_chat_with_makes_nothing(sign_in: SignIn, upstream: Upstream) -> None:
    upstream.listed = []
    with pytest.raises(errors.Invalid, match="lets it use no model") as caught:
        sign_in()
    assert caught.value.field == "api_key"
    assert User.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("trouble", [trouble for trouble, _kind, _words in REJECTED], ids=lambda value: value.code)
def test_a_known_key_that_the_provider_does_not_take_still_opens_to_read(
    sign_in: SignIn, upstream: Upstream, trouble: upstream_errors.UpstreamError
) -> None:
    first = sign_in()
    upstream.trouble = trouble
    later = sign_in()
    assert (later.user, later.data_key, later.is_new) == (first.user, first.data_key, False)
    assert not later.can_chat
    assert later.models == ()
    assert "OpenAI" in later.notice
    assert "open to read" in later.notice


@pytest.mark.django_db
def test_a_known_key_that_lost_its_models_opens_to_read(sign_in: SignIn, upstream: Upstream) -> None:
    sign_in()
    upstream.listed = []
    assert not sign_in().can_chat


@pytest.mark.django_db
def test_a_refusal_carries_no_key_in_what_caused_it(sign_in: SignIn, upstream: Upstream) -> None:
    upstream.trouble = upstream_errors.KeyRejected()
    with pytest.raises(errors.Invalid) as caught:
        sign_in()
    error: BaseException | None = caught.value
    while error is not None:
        assert ALICE_KEY not in repr(error.args)
        error = error.__cause__ or error.__context__


@pytest.mark.django_db
def test_a_closed_account_stays_closed(sign_in: SignIn, upstream: Upstream) -> None:
    sign_in()
    User.objects.update(is_active=False)
    upstream.calls.clear()
    with pytest.raises(errors.Invalid, match="closed"):
        sign_in()
    assert upstream.calls == []
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_a_damaged_record_is_called_so_and_makes_no_second_account(sign_in: SignIn) -> None:
    alice, bob = sign_in(), sign_in(BOB_KEY)
    Credential.objects.filter(pk=alice.credential.pk).update(wrapped_data_key=bob.credential.wrapped_data_key)
    with pytest.raises(errors.Conflict, match="damaged"):
        sign_in()
    assert User.objects.count() == 2
    assert not sign_in(BOB_KEY).is_new


@pytest.mark.parametrize(
    "raw", ["", "  ", "x" * 1_000_000, "sk-🔑", "sk-a\0b", "sk-a\r\nX-Evil: 1", ALICE_KEY + BOB_KEY, "sk-a\u200bb"]
)
def test_a_text_that_is_no_key_is_neither_hashed_nor_sent(
    no_hashing: None, sign_in: SignIn, upstream: Upstream, raw: str
) -> None:
    with pytest.raises(errors.Invalid) as caught:
        sign_in(raw)
    assert caught.value.field == "api_key"
    assert upstream.calls == []


def test_a_provider_that_is_not_listed_is_refused(no_hashing: None, sign_in: SignIn, upstream: Upstream) -> None:
    for provider in ("", "mallory", "http://evil.example/v1", "x" * 5000):
        with pytest.raises(errors.Invalid) as caught:
            sign_in(provider=provider)
        assert caught.value.field == "provider"
    assert upstream.calls == []


# Servers that take any key


def test_minted_keys_have_160_bits_and_pass_for_keys() -> None:
    for provider in (catalog.provider("attic"), catalog.provider("demo")):
        keys = {signing_in.mint(provider) for _i in range(50)}
        assert len(keys) == 50
        for key in keys:
            assert signing_in.check(provider=provider.id, api_key=key) == (provider, key)
            assert len(key) == len(provider.key_prefix) + 32
            assert set(key.removeprefix(provider.key_prefix)) <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")


@pytest.mark.django_db
def test_a_minted_key_makes_an_account_and_leads_back_to_it(sign_in: SignIn) -> None:
    minted = sign_in(MINTED, "attic", minted=True)
    assert minted.is_new
    assert sign_in(MINTED, "attic").user == minted.user


@pytest.mark.django_db
def test_a_mistyped_minted_key_does_not_open_an_empty_account(sign_in: SignIn, upstream: Upstream) -> None:
    sign_in(MINTED, "attic", minted=True)
    upstream.calls.clear()
    with pytest.raises(errors.Invalid, match="Nobody here has this key"):
        sign_in(MINTED[:-1] + "0", "attic")
    assert upstream.calls == []
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_in_the_demo_any_long_enough_key_will_do(sign_in: SignIn) -> None:
    assert sign_in(DEMO_KEY, "demo").is_new
    assert not sign_in(DEMO_KEY, "demo").is_new
    with pytest.raises(errors.Invalid):
        sign_in("demo-short", "demo")


@pytest.mark.django_db
def test_a_server_of_ones_own_that_is_away_makes_no_account(sign_in: SignIn, upstream: Upstream) -> None:
    upstream.trouble = upstream_errors.Unreachable()
    with pytest.raises(errors.Unavailable, match="Attic"):
        sign_in(MINTED, "attic", minted=True)
    assert User.objects.count() == 0


# Two at once


@pytest.mark.django_db(transaction=True)
def test_two_first_sign_ins_at_once_make_one_account(upstream: Upstream) -> None:
    """Both ask the provider before either has an account: the barrier holds them until both have looked."""
    barrier = threading.Barrier(4, timeout=20)

    def list_models(provider_id: str, *, api_key: str) -> list[str]:
        barrier.wait()
        return upstream(provider_id, api_key=api_key)

    def first_time() -> signing_in.SignedIn:
        try:
            return signing_in.sign_in(provider="openai", api_key=ALICE_KEY, now=NOW, list_models=list_models)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        results = [future.result() for future in [pool.submit(first_time) for _i in range(4)]]
    assert (User.objects.count(), Credential.objects.count()) == (1, 1)
    assert {result.user.pk for result in results} == {User.objects.get().pk}
    assert len({result.data_key for result in results}) == 1
    assert [result.is_new for result in results].count(True) == 1


@pytest.mark.django_db(transaction=True)
def test_two_sign_ins_at_once_under_an_old_pepper_both_open(upstream: Upstream, settings: Any) -> None:
    first = signing_in.sign_in(provider="openai", api_key=ALICE_KEY, now=NOW, list_models=upstream)
    settings.PEPPERS = [bytes(range(32)), *settings.PEPPERS]

    def again(_i: int) -> bytes:
        try:
            return signing_in.sign_in(provider="openai", api_key=ALICE_KEY, now=NOW, list_models=upstream).data_key
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(again, range(4))) == {first.data_key}
    settings.PEPPERS = settings.PEPPERS[:1]
    assert again(0) == first.data_key


@pytest.mark.django_db
def test_what_signing_in_gives_does_not_show_itself(sign_in: SignIn) -> None:
    signed_in = sign_in()
    assert ALICE_KEY not in repr(signed_in)
    assert repr(signed_in.data_key) not in repr(signed_in)
    assert repr(replace(signed_in, notice="x"))
