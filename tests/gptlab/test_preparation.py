from pathlib import Path

import pytest

from gptlab import preparation

STORAGE = {"staticfiles": {"BACKEND": "servestatic.storage.CompressedManifestStaticFilesStorage"}}


@pytest.fixture
def static(settings, tmp_path):
    """An installation with two static files, and what was collected of them."""
    source = tmp_path / "source"
    source.mkdir()
    (source / "a.css").write_text("body { color: teal }")
    (source / "b.js").write_text("export const b = 1")
    settings.DATA = tmp_path
    settings.STATIC_ROOT = tmp_path / "collected"
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = settings.STORAGES | STORAGE
    return source


@pytest.fixture
def collected(monkeypatch):
    """How often collectstatic really ran."""
    runs = []
    real = preparation.call_command

    def count(name, **options):
        runs.append(name)
        return real(name, **options)

    monkeypatch.setattr(preparation, "call_command", count)
    return runs


def names(folder):
    return {path.name for path in Path(folder).iterdir()}


def test_static_files_are_collected_hashed_and_listed(static, settings):
    preparation.collect_static()
    assert "staticfiles.json" in names(settings.STATIC_ROOT)
    assert any(name.startswith("a.") and name != "a.css" for name in names(settings.STATIC_ROOT))


def test_a_second_start_collects_nothing(static, collected):
    preparation.collect_static()
    preparation.collect_static()
    assert collected == ["collectstatic"]


@pytest.mark.parametrize(
    "change",
    [
        lambda source: (source / "a.css").write_text("body { color: navy }"),
        lambda source: (source / "c.css").write_text("p {}"),
        lambda source: (source / "b.js").unlink(),
    ],
)
def test_a_changed_file_is_collected_again_and_an_old_one_goes(static, settings, collected, change):
    preparation.collect_static()
    change(static)
    preparation.collect_static()
    assert collected == ["collectstatic"] * 2
    plain = {name for name in names(settings.STATIC_ROOT) if name.count(".") == 1} - {"staticfiles.json"}
    assert plain == names(static)


def test_what_somebody_deleted_is_collected_again(static, settings, collected):
    preparation.collect_static()
    for path in Path(settings.STATIC_ROOT).iterdir():
        path.unlink()
    Path(settings.STATIC_ROOT).rmdir()
    preparation.collect_static()
    assert collected == ["collectstatic"] * 2


@pytest.mark.django_db
def test_the_tables_of_this_version_are_there():
    assert preparation.is_migrated()
