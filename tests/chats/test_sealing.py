import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chats.sealing import Vault
from gptlab.crypto import Damaged, random_key

USER, SESSION, KEY = uuid.uuid4(), uuid.uuid4(), random_key()
PLACE = {"session_id": SESSION, "turn": 3, "variant": 1}


@given(st.text())
def test_what_is_sealed_opens_again_exactly(text):
    vault = Vault(user_id=USER, data_key=KEY)
    assert vault.open_reply(vault.seal_reply(text, **PLACE), **PLACE) == text


@pytest.mark.parametrize(
    ("other", "place"),
    [
        (Vault(user_id=USER, data_key=random_key()), PLACE),
        (Vault(user_id=uuid.uuid4(), data_key=KEY), PLACE),
        (Vault(user_id=USER, data_key=KEY), PLACE | {"session_id": uuid.uuid4()}),
        (Vault(user_id=USER, data_key=KEY), PLACE | {"turn": 4}),
        (Vault(user_id=USER, data_key=KEY), PLACE | {"variant": 2}),
    ],
)
def test_a_row_in_another_place_does_not_open(other, place):
    sealed = Vault(user_id=USER, data_key=KEY).seal_reply("hello", **PLACE)
    with pytest.raises(Damaged):
        other.open_reply(sealed, **place)


def test_a_reply_can_not_stand_as_a_turn():
    vault = Vault(user_id=USER, data_key=KEY)
    sealed = vault.seal_reply("hello", session_id=SESSION, turn=3, variant=0)
    with pytest.raises(Damaged):
        vault.open_turn(sealed, session_id=SESSION, turn=3)


def test_title_recap_and_flags_open_in_their_own_places_only():
    vault, place = Vault(user_id=USER, data_key=KEY), {"session_id": SESSION}
    assert vault.open_title(vault.seal_title("t", **place), **place) == "t"
    assert vault.open_flags(vault.seal_flags("f", turn=0, **place), turn=0, **place) == "f"
    for other in (vault.open_title, lambda sealed, **where: vault.open_turn(sealed, turn=0, **where)):
        with pytest.raises(Damaged):
            other(vault.seal_recap("r", **place), **place)


def test_a_vault_does_not_show_its_key():
    vault = Vault(user_id=USER, data_key=KEY)
    assert KEY.hex() not in repr(vault)
    assert str(KEY) not in repr(vault)
