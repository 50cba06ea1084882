from typing import Any

import pytest
from django.db import connection, models
from django.db.models import F, Q
from hypothesis import given
from hypothesis import strategies as st

from gptlab import crypto
from gptlab.fields import EncryptedTextField

KEY, NEWER_KEY = bytes(range(32)), bytes(range(1, 33))


class Secretive(models.Model):
    prompt = EncryptedTextField()
    hint = EncryptedTextField(null=True, blank=True)

    class Meta:
        app_label = "gptlab"
        managed = False


@pytest.fixture(autouse=True)
def one_key(settings: Any) -> None:
    settings.PROMPT_KEYS = [KEY]


@pytest.fixture
def table(transactional_db: None) -> Any:
    with connection.schema_editor() as editor:
        editor.create_model(Secretive)
    yield Secretive.objects
    with connection.schema_editor() as editor:
        editor.delete_model(Secretive)


def raw(column: str = "prompt") -> list[str | None]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {Secretive._meta.db_table} ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


@given(st.text())
def test_text_comes_back_from_what_the_database_holds(text: str) -> None:
    field = Secretive._meta.get_field("prompt")
    assert field.from_db_value(field.get_prep_value(text), None, None) == text


def test_the_database_holds_a_token_only(table: Any) -> None:
    table.create(prompt="You are a marker-word.")
    assert table.get().prompt == "You are a marker-word."
    assert raw()[0].startswith("gAAAA")


def test_nothing_stays_nothing(table: Any) -> None:
    table.create(prompt="", hint=None)
    row = table.get()
    assert (row.prompt, row.hint) == ("", None)
    assert raw("hint") == [None]
    assert raw()[0] != ""
    assert table.filter(hint__isnull=True).count() == 1


def test_updates_in_the_database_are_encrypted_too(table: Any) -> None:
    row = table.create(prompt="one")
    table.update(prompt="two")
    assert table.get().prompt == "two"
    row.prompt = "three"
    table.bulk_update([row], ["prompt"])
    assert table.get().prompt == "three"
    table.update(hint=F("prompt"))
    assert table.get().hint == "three"
    assert all(value.startswith("gAAAA") for value in [*raw(), *raw("hint")])


def test_values_are_opened_as_well(table: Any) -> None:
    table.create(prompt="one")
    assert list(table.values_list("prompt", flat=True)) == ["one"]


@pytest.mark.parametrize("lookup", ["prompt", "prompt__contains", "prompt__in", "prompt__regex", "prompt__gt"])
def test_it_can_not_be_searched(lookup: str) -> None:
    with pytest.raises(TypeError, match="encrypted"):
        Secretive.objects.filter(Q(**{lookup: "one"}))


def test_an_older_key_of_the_list_opens_and_the_newest_seals(table: Any, settings: Any) -> None:
    table.create(prompt="one")
    settings.PROMPT_KEYS = [NEWER_KEY, KEY]
    row = table.get()
    row.save()
    settings.PROMPT_KEYS = [NEWER_KEY]
    assert table.get().prompt == "one"


def test_a_row_that_does_not_open_is_damaged_and_can_be_listed_without_its_text(table: Any, settings: Any) -> None:
    table.create(prompt="one")
    settings.PROMPT_KEYS = [NEWER_KEY]
    with pytest.raises(crypto.Damaged):
        table.get()
    assert table.defer("prompt").get().pk
