"""Each app's migrations stand in one line and say all that its models do."""

import pytest
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader


def test_no_two_migrations_of_an_app_follow_the_same_one():
    assert MigrationLoader(None).detect_conflicts() == {}


@pytest.mark.django_db
def test_no_change_of_a_model_lacks_its_migration():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)  # leaves with SystemExit otherwise
