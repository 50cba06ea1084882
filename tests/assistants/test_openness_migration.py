"""What became of the prompts that were published before each version had an openness of its own."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

pytestmark = pytest.mark.django_db(transaction=True)
BEFORE, AFTER = [("assistants", "0010_queue")], [("assistants", "0011_openness")]


def migrated(targets):
    """The models of that time."""
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return executor.loader.project_state(targets).apps


@pytest.fixture
def past():
    yield migrated(BEFORE)
    migrated(MigrationExecutor(connection).loader.graph.leaf_nodes())


@pytest.mark.parametrize(
    ("said", "openness"),
    [
        ({}, "secret"),
        ({"prompt_is_public": True}, "public"),
        ({"prompt_is_public": True, "may_be_cloned": True}, "clonable"),
    ],
)
def test_what_is_live_is_as_open_as_it_was_and_what_was_before_is_secret(past, said, openness):
    made = past.get_model("assistants", "Assistant").objects.create(name="Kit", code="0" * 20, created_at=timezone.now(), **said)
    told = {"assistant": made, "initial_prompt": "Be kind.", "model": "gpt-4.1-mini", "created_at": timezone.now()}
    _older, made.active_version = (made.versions.create(number=number, **told) for number in (1, 2))
    made.save()
    versions = migrated(AFTER).get_model("assistants", "Version").objects.order_by("number")
    assert [version.openness for version in versions] == ["secret", openness]
