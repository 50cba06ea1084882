import io
import json
import os
import stat

import pytest
from django.core.management import CommandError, call_command

from assistants import moving
from assistants.models import Assistant, Version

pytestmark = pytest.mark.django_db

SECRET, PASSPHRASE = "Zebrafinkenmarker", "correct horse battery"


@pytest.fixture(autouse=True)
def passphrase(monkeypatch):
    monkeypatch.setenv("GPTLAB_EXPORT_PASSPHRASE", PASSPHRASE)


@pytest.fixture
def filled(make_assistant, alice):
    """One of the house with all that one can have, and of Alice a published, an open, a private one, and a draft."""
    told = {"personality": "custom", "temperature": 0.35, "max_tokens": 321}
    house = make_assistant(
        name="House", prompt=f"You are {SECRET}.", showcase_key="house", showcased=True, tags=["a", "b"], tagline="t",
        description="d", starters=["Hello?", "Why?"], session_type="coaching",
    )  # fmt: skip
    house.add_version(now=house.created_at, initial_prompt=f"You are {SECRET}.", summary_prompt="Sum up.", model="m", **told)
    common = {"creator": alice, "tagline": "t", "description": "d"}
    make_assistant(name="Link", visibility="unlisted", **common)
    make_assistant(name="Open", openness="public", **common)
    make_assistant(name="Private", visibility="private", **common)
    Assistant.objects.create(name="Draft", created_at=house.created_at, **common)
    return house


def run(command, *arguments):
    call_command(command, *map(str, arguments), stdout=(out := io.StringIO()))
    return out.getvalue()


def snapshot():
    seen = ("code", "name", "showcased", "visibility", "is_active", "tags", "starters")
    told = ("assistant__code", "number", "initial_prompt", "temperature")
    assistants = Assistant.objects.order_by("code").values(*seen)
    return [list(assistants), list(Version.objects.order_by("assistant__code", "number").values(*told))]


@pytest.fixture
def file(tmp_path, filled):
    path = tmp_path / "assistants.json"
    run("export_assistants", path)
    return path


def elsewhere():
    """Another installation: nothing of it is there."""
    Assistant.objects.update(active_version=None)
    Assistant.objects.all().delete()


def test_what_is_published_arrives_elsewhere_as_it_was(file, filled):
    elsewhere()
    assert run("import_assistants", file).startswith("3 made, 0 with")
    arrived = Assistant.objects.get(code=filled.code)
    for name in ("name", "tagline", "tags", "starters", "session_type", "visibility", "showcased", "showcase_key", "is_active"):
        assert getattr(arrived, name) == getattr(filled, name), name
    version = arrived.active_version
    told = ("initial_prompt", "summary_prompt", "model", "max_tokens", "temperature", "personality")
    assert [getattr(version, name) for name in told] == [f"You are {SECRET}.", "Sum up.", "m", 321, 0.35, "custom"]
    assert set(Assistant.objects.values_list("name", "creator")) == {("House", None), ("Link", None), ("Open", None)}


def test_importing_again_changes_nothing(file):
    elsewhere()
    run("import_assistants", file)
    before = snapshot()
    assert run("import_assistants", file).startswith("0 made, 0 with a new version or new texts, 3 as before, 0 left alone")
    assert snapshot() == before


def test_another_prompt_becomes_the_next_version_and_what_the_operator_decided_stays(file, filled):
    elsewhere()
    run("import_assistants", file)
    house = Assistant.objects.get(code=filled.code)
    house.add_version(now=house.created_at, initial_prompt="Other.", model="m")
    Assistant.objects.filter(pk=house.pk).update(showcased=False, visibility="unlisted", tagline="other")
    assert "1 with a new version" in run("import_assistants", file)
    house.refresh_from_db()
    assert (house.showcased, house.visibility, house.tagline) == (False, "unlisted", "t")
    assert (house.active_version.number, house.active_version.initial_prompt) == (3, f"You are {SECRET}.")


def test_an_assistant_of_the_showcase_is_found_by_its_key(file, filled):
    elsewhere()
    other = Assistant.objects.create(name="House", showcase_key="house", created_at=filled.created_at)
    assert run("import_assistants", file).startswith("2 made, 1 with")
    assert Assistant.objects.get(showcase_key="house").code == other.code


def test_what_people_made_here_is_left_alone(file, filled):
    before = snapshot()
    assert "1 as before, 2 left alone" in (said := run("import_assistants", file))
    assert "made it or another one has its key: Link" in said
    assert snapshot() == before


def test_two_that_the_file_takes_for_one_are_left_alone(file, filled, make_assistant):
    Assistant.objects.filter(pk=filled.pk).update(showcase_key=None)
    make_assistant(name="Twin", showcase_key="house")
    assert "0 as before, 3 left alone" in run("import_assistants", file)


def test_a_dry_run_counts_and_writes_nothing(file):
    elsewhere()
    assert "3 made" in run("import_assistants", file, "--dry-run")
    assert not Assistant.objects.exists()


def test_the_file_is_its_owners_and_shows_nothing(file):
    assert stat.S_IMODE(os.stat(file).st_mode) == 0o600
    content = file.read_text()
    assert SECRET not in content
    assert "House" not in content
    assert os.listdir(file.parent) == [file.name]


def test_the_public_file_has_open_prompts_in_the_clear_and_no_others(tmp_path, filled, monkeypatch):
    monkeypatch.delenv("GPTLAB_EXPORT_PASSPHRASE")
    path = tmp_path / "public.json"
    assert "2 assistants" in run("export_assistants", path, "--public")
    told = json.loads(path.read_text())["assistants"]
    assert {each["assistant"]["name"] for each in told} == {"House", "Open"}
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    elsewhere()
    assert "2 made" in run("import_assistants", path)


def test_nobody_learns_who_made_them(tmp_path, filled, alice):
    path = tmp_path / "public.json"
    run("export_assistants", path, "--public")
    assert alice.pk.hex not in path.read_text().replace("-", "")


def test_a_short_passphrase_is_refused(tmp_path, filled, monkeypatch):
    monkeypatch.setenv("GPTLAB_EXPORT_PASSPHRASE", "short")
    with pytest.raises(CommandError, match="12 characters"):
        run("export_assistants", tmp_path / "x.json")
    assert os.listdir(tmp_path) == []


def test_another_passphrase_opens_nothing(file, monkeypatch):
    elsewhere()
    monkeypatch.setenv("GPTLAB_EXPORT_PASSPHRASE", "another passphrase")
    with pytest.raises(CommandError, match="passphrase is another one"):
        run("import_assistants", file)
    assert not Assistant.objects.exists()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"[]", "export_assistants did not write it"),
        (b'{"format": "gptlab-assistant", "version": 1}', "export_assistants did not write it"),
        (b'{"format": "gptlab-assistants", "version": 2}', "a later GPT Lab"),
        (b'{"format": "gptlab-assistants", "version": 1}', "no list"),
        (b'{"format": "gptlab-assistants", "version": 1, "assistants": [3]}', "no list"),
        (b'{"format": "gptlab-assistants", "version": 1, "assistants": [{}]}', "assistant 1 is damaged"),
        (b'{"format": "gptlab-assistants", "version": 1, "sealed": "x", "salt": "!"}', "salt"),
    ],
)
def test_a_bad_file_is_said_to_be_one(tmp_path, content, reason):
    (path := tmp_path / "bad.json").write_bytes(content)
    with pytest.raises(CommandError, match=reason):
        run("import_assistants", path)


def test_one_that_does_not_fit_keeps_all_out(tmp_path, filled):
    run("export_assistants", path := tmp_path / "public.json", "--public")
    content = json.loads(path.read_text())
    content["assistants"][1]["assistant"] |= {"temperature": "9", "name": "x" * 31}
    path.write_text(json.dumps(content))
    elsewhere()
    with pytest.raises(CommandError, match="assistant 2 does not fit"):
        run("import_assistants", path)
    assert not Assistant.objects.exists()


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        run("import_assistants", tmp_path / "none.json")


def test_prompts_under_lost_keys_are_not_exported_as_nothing(tmp_path, filled, settings):
    settings.PROMPT_KEYS = [b"0" * 32]
    with pytest.raises(CommandError, match="PROMPT_KEYS"):
        run("export_assistants", tmp_path / "x.json")
    assert os.listdir(tmp_path) == []


def test_what_is_on_its_way_is_not_printed(filled):
    assert SECRET not in repr(next(moving.pack()))
