"""What is in the database or in a backup of it: which migrations, and anything of anybody at all."""

from collections.abc import Set as AbstractSet

from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader

Migrations = AbstractSet[tuple[str, str]]  # app, name
# What `migrate` fills by itself.
_OWN_OF_DJANGO = {"contenttypes.contenttype", "auth.permission"}


def unknown_migrations(applied: Migrations) -> Migrations:
    """Of a later version, or of another application."""
    loader = _loader()
    replaced = {key for migration in loader.disk_migrations.values() for key in migration.replaces}
    return applied - set(loader.disk_migrations) - replaced


def missing_migrations(applied: Migrations) -> Migrations:
    return set(_loader().disk_migrations) - applied


def is_empty() -> bool:
    """Not a row that anybody made."""
    present = set(connection.introspection.table_names())
    models = (model for model in apps.get_models(include_auto_created=True) if model._meta.label_lower not in _OWN_OF_DJANGO)
    return not any(model._base_manager.exists() for model in models if model._meta.managed and model._meta.db_table in present)


def _loader() -> MigrationLoader:
    return MigrationLoader(None, ignore_no_migrations=True)
