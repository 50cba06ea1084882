import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gptlab import crypto

KEY, OTHER_KEY = bytes(range(32)), bytes(range(1, 33))
any_text = st.text(st.characters())  # lone surrogates too


def test_derive_is_hkdf_sha256_of_rfc_5869() -> None:
    """Test case 1 of the RFC, of whose output ours is the beginning."""
    derived = crypto.derive(bytes([0x0B] * 22), bytes(range(0xF0, 0xFA)), salt=bytes(range(13)))
    assert derived.hex() == "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"


def test_derive_without_salt_takes_zeros_as_the_rfc_says() -> None:
    extracted = hmac.new(bytes(32), KEY, hashlib.sha256).digest()
    expanded = hmac.new(extracted, b"label\x01", hashlib.sha256).digest()
    assert crypto.derive(KEY, b"label") == expanded


def test_derived_keys_differ_by_label_salt_and_key() -> None:
    keys = [
        crypto.derive(KEY, b"a"),
        crypto.derive(KEY, b"b"),
        crypto.derive(OTHER_KEY, b"a"),
        crypto.derive(KEY, b"a", salt=b"s"),
    ]
    assert len(set(keys)) == 4
    assert {len(key) for key in keys} == {32}


def test_stretch_is_pbkdf2_hmac_sha256() -> None:
    """The vector of RFC 7914, section 11, of whose 64 bytes ours are the first 32."""
    stretched = crypto.stretch(b"passwd", salt=b"salt", iterations=1)
    assert stretched.hex() == "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"


@given(st.lists(st.text()), st.lists(st.text()))
def test_contexts_are_equal_only_for_equal_parts(one: list[str], other: list[str]) -> None:
    assert (crypto.context(*one) == crypto.context(*other)) == (one == other)


def test_parts_that_join_to_the_same_text_make_different_contexts() -> None:
    assert crypto.context("ab", "c") != crypto.context("a", "bc") != crypto.context("abc")


@given(st.binary(), st.binary())
def test_what_was_sealed_opens_in_its_place(plain: bytes, place: bytes) -> None:
    assert crypto.unseal(KEY, crypto.seal(KEY, plain, associated=place), associated=place) == plain


def test_sealed_bytes_begin_with_the_version_and_are_never_the_same_twice() -> None:
    one, other = crypto.seal(KEY, b"plain"), crypto.seal(KEY, b"plain")
    assert one[:1] == other[:1] == b"\x01"
    assert one != other
    assert b"plain" not in one


@pytest.mark.parametrize(("key", "place"), [(OTHER_KEY, b"here"), (KEY, b"there"), (KEY, b"")])
def test_another_key_or_another_place_opens_nothing(key: bytes, place: bytes) -> None:
    sealed = crypto.seal(KEY, b"plain", associated=b"here")
    with pytest.raises(crypto.Damaged):
        crypto.unseal(key, sealed, associated=place)


def test_every_changed_bit_and_every_cut_is_noticed() -> None:
    sealed = crypto.seal(KEY, b"plain")
    changed = [sealed[:i] + bytes([sealed[i] ^ 1]) + sealed[i + 1 :] for i in range(len(sealed))]
    for damaged in [*changed, *(sealed[:length] for length in range(len(sealed))), sealed + b"x"]:
        with pytest.raises(crypto.Damaged):
            crypto.unseal(KEY, damaged)


def test_a_key_of_another_length_is_a_mistake_and_not_damage() -> None:
    with pytest.raises(ValueError, match="key"):
        crypto.unseal(b"short", crypto.seal(KEY, b"plain"))


def test_any_key_of_the_list_opens() -> None:
    sealed = crypto.seal(KEY, b"plain", associated=b"here")
    assert crypto.unseal_with_any([OTHER_KEY, KEY], sealed, associated=b"here") == b"plain"
    with pytest.raises(crypto.Damaged):
        crypto.unseal_with_any([OTHER_KEY], sealed, associated=b"here")
    with pytest.raises(crypto.Damaged):
        crypto.unseal_with_any([], sealed)


@given(any_text)
def test_text_comes_back_as_it_was_given(text: str) -> None:
    assert crypto.unseal_text(KEY, crypto.seal_text(KEY, text)) == text
    assert crypto.unseal_under_list([KEY], crypto.seal_under_list([KEY], text)) == text


def test_a_text_token_is_ascii_and_begins_with_fernets_version() -> None:
    token = crypto.seal_text(KEY, "Grüße")
    assert token.isascii()
    assert token.startswith("gAAAA")
    assert "Gr" not in token


@pytest.mark.parametrize("token", ["", "gAAAA", "not base64 ☃", "\ud800", "x" * 1000])
def test_what_is_no_token_is_damaged(token: str) -> None:
    with pytest.raises(crypto.Damaged):
        crypto.unseal_text(KEY, token)
    with pytest.raises(crypto.Damaged):
        crypto.unseal_under_list([KEY], token)


def test_text_opens_under_no_other_key() -> None:
    with pytest.raises(crypto.Damaged):
        crypto.unseal_text(OTHER_KEY, crypto.seal_text(KEY, "text"))


def test_a_rotated_list_seals_under_its_first_key_and_opens_with_each() -> None:
    old = crypto.seal_under_list([KEY], "prompt")
    new = crypto.seal_under_list([OTHER_KEY, KEY], "prompt")
    assert crypto.unseal_under_list([OTHER_KEY, KEY], old) == "prompt"
    assert crypto.unseal_under_list([OTHER_KEY], new) == "prompt"
    with pytest.raises(crypto.Damaged):
        crypto.unseal_under_list([KEY], new)


def test_damage_never_quotes_what_did_not_open() -> None:
    token = crypto.seal_text(KEY, "text")
    with pytest.raises(crypto.Damaged) as caught:
        crypto.unseal_text(OTHER_KEY, token)
    assert token[:12] not in str(caught.value)


def test_a_text_is_sealed_anew_under_the_newest_key() -> None:
    old, new, other = (bytes([n]) * 32 for n in (1, 2, 3))
    token = crypto.seal_under_list([old], "secret")
    assert not crypto.is_under_newest([new, old], token)
    newer = crypto.under_newest([new, old], token)
    assert crypto.is_under_newest([new, old], newer)
    assert crypto.unseal_under_list([new], newer) == "secret"
    with pytest.raises(crypto.Damaged):
        crypto.under_newest([other], token)


def test_a_passphrase_makes_another_key_with_another_salt() -> None:
    keys = {crypto.stretch_passphrase(words, salt=salt) for words in ("one", "two") for salt in (b"1" * 32, b"2" * 32)}
    assert len(keys) == 4
    assert {len(key) for key in keys} == {crypto.KEY_BYTES}
