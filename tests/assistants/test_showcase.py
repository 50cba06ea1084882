import pytest
from django.core.management import CommandError, call_command

from assistants import showcase
from assistants.models import Assistant, Version
from assistants.showcase import reading

FILE = """
order = 10
name = "Testing Tess"
tagline = "Tests what you bring"
description = "For tests."
category = "data"
tags = ["tests"]
starters = ["Test this."]
session_type = "brainstorming"
model = "gpt-4.1-mini"
max_tokens = 400
temperature = 0.5
top_p = 1.0
frequency_penalty = 0
presence_penalty = 0
initial_prompt = "You are Tess."
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "FOLDER", tmp_path)
    (tmp_path / "testing-tess.toml").write_text(FILE)
    return tmp_path


def change(folder, old, new):
    path = folder / "testing-tess.toml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def load(capsys, *arguments):
    call_command("load_showcase", *arguments)
    return capsys.readouterr().out


def snapshot():
    return [
        sorted(Assistant.objects.values_list("pk", "code", "name", "tagline", "showcased", "visibility", "active_version_id")),
        sorted(Version.objects.values_list("pk", "assistant_id", "number", "initial_prompt", "temperature")),
    ]


def test_the_house_has_at_least_twelve_and_a_life_coach_first():
    house = showcase.read()
    assert len(house) >= 12
    assert house[0].profile["session_type"] == "coaching"
    assert "life coach" in house[0].profile["tags"]
    assert {each.profile["session_type"] for each in house} == set(Assistant.SessionType.values)
    assert {each.profile["category"] for each in house} == set(Assistant.Category.values)


@pytest.mark.parametrize("entry", showcase.read(), ids=lambda entry: entry.key)
def test_each_house_prompt_says_how_to_open_and_keeps_itself_secret(entry):
    prompt = entry.version["initial_prompt"]
    assert 300 <= len(prompt.split()) <= 900
    assert "You speak first" in prompt
    assert "language" in prompt
    assert entry.profile["name"].split()[-1] in prompt
    assert 1 <= len(entry.profile["starters"]) <= 4
    assert 200 <= entry.version["max_tokens"] <= 900


def test_no_prompt_shows_when_an_entry_is_printed():
    entry = showcase.read()[0]
    assert entry.version["initial_prompt"].split("\n")[0][:30] not in repr(entry)


@pytest.mark.django_db
def test_loading_makes_listed_showcased_assistants_of_the_house(capsys):
    house = showcase.read()
    assert f"{len(house)} house assistants: {len(house)} made, 0 with a new version" in load(capsys)
    made = {
        each.showcase_key: each for each in Assistant.objects.showcased().filter(creator=None).select_related("active_version")
    }
    assert set(made) == {entry.key for entry in house}
    for entry in house:
        assert {name: getattr(made[entry.key], name) for name in entry.profile} == entry.profile
        assert {name: getattr(made[entry.key].active_version, name) for name in entry.version} == entry.version
        assert made[entry.key].active_version.number == 1


@pytest.mark.django_db
def test_loading_again_changes_nothing(capsys):
    load(capsys)
    before = snapshot()
    assert "0 made, 0 with a new version, 0 with new texts" in load(capsys)
    assert snapshot() == before


@pytest.mark.django_db
@pytest.mark.parametrize(("old", "new"), [("You are Tess.", "You are Tess, still."), ("temperature = 0.5", "temperature = 0.6")])
def test_a_changed_prompt_or_setting_becomes_the_next_version(folder, capsys, old, new):
    load(capsys)
    first = Assistant.objects.get()
    change(folder, old, new)
    assert "0 made, 1 with a new version, 0 with new texts, 0 as before" in load(capsys)
    again = Assistant.objects.get()
    assert (again.pk, again.code, again.active_version.number) == (first.pk, first.code, 2)
    assert first.active_version.initial_prompt == Version.objects.get(number=1).initial_prompt == "You are Tess."
    assert "1 as before" in load(capsys)


@pytest.mark.django_db
def test_changed_texts_need_no_version(folder, capsys):
    load(capsys)
    change(folder, "For tests.", "For better tests.")
    assert "0 made, 0 with a new version, 1 with new texts, 0 as before" in load(capsys)
    assert Assistant.objects.get().description == "For better tests."
    assert Version.objects.count() == 1


@pytest.mark.django_db
def test_what_the_operator_decided_stays(folder, capsys):
    load(capsys)
    decided = {"showcased": False, "is_active": False, "visibility": "unlisted"}
    Assistant.objects.update(**decided)
    change(folder, "You are Tess.", "You are Tess, still.")
    load(capsys)
    assert Assistant.objects.values(*decided).get() == decided


@pytest.mark.django_db
def test_assistants_that_people_made_are_left_alone(folder, capsys, make_assistant, alice):
    make_assistant(name="Testing Tess", creator=alice)
    before = snapshot()
    load(capsys)
    Assistant.objects.filter(showcase_key="testing-tess").delete()
    assert snapshot() == before


@pytest.mark.django_db
def test_a_dry_run_counts_but_writes_nothing(folder, capsys):
    assert "1 made" in load(capsys, "--dry-run")
    assert not Assistant.objects.exists()
    load(capsys)
    change(folder, "You are Tess.", "You are Tess, still.")
    assert "1 with a new version" in load(capsys, "--dry-run")
    assert Version.objects.count() == 1


@pytest.mark.django_db
def test_prompts_under_lost_keys_are_not_papered_over(folder, capsys, settings):
    load(capsys)
    settings.PROMPT_KEYS = [b"0" * 32]
    with pytest.raises(CommandError, match="PROMPT_KEYS"):
        load(capsys)
    assert Version.objects.count() == 1


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('tagline = "Tests what you bring"', f'tagline = "{"x" * 26}"', "tagline: .*at most 25 characters .*26"),
        ("temperature = 0.5", "temperature = 2.1", "temperature: .*less than or equal to 2"),
        ("temperature = 0.5", "temperature = nan", "temperature: must be a number"),
        ("temperature = 0.5", "temperature = true", "temperature: must be a number"),
        ("temperature = 0.5", 'temperature = "warm"', "temperature: must be a number"),
        ("temperature = 0.5", "temprature = 0.5", "temperature: is missing"),
        ("temperature = 0.5", "temprature = 0.5", "temprature: is no setting of an assistant"),
        ("max_tokens = 400", "max_tokens = 5", "max_tokens: .*greater than or equal to 16"),
        ('category = "data"', 'category = "sorcery"', "category: .*'sorcery' is not a valid choice"),
        ('initial_prompt = "You are Tess."', 'initial_prompt = ""', "initial_prompt: This field cannot be blank"),
        ('session_type = "brainstorming"', 'session_type = "coaching"', "summary_prompt: a coaching assistant needs one"),
        ("order = 10", 'order = 10\nsummary_prompt = "Sum up."', "summary_prompt: only coaching assistants have one"),
        ('starters = ["Test this."]', 'starters = ["1", "2", "3", "4", "5"]', "starters: has 5 entries; 4 are the most"),
        ('starters = ["Test this."]', "starters = [1]", "starters: each must be a text"),
        ('tags = ["tests"]', 'tags = "tests"', "tags: must be a list"),
        ("order = 10", "order = 1 0", "is no TOML: .*line 2"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_the_reason(folder, old, new, message):
    change(folder, old, new)
    with pytest.raises(showcase.InvalidShowcase, match=f"^testing-tess.toml: {message}|\ntesting-tess.toml: {message}"):
        showcase.read(folder)


def test_all_files_are_checked_before_any_is_refused(folder):
    (folder / "other.toml").write_text("order = 1")
    change(folder, "order = 10", 'order = "x"')
    with pytest.raises(showcase.InvalidShowcase, match=r"(?s)other\.toml: name: is missing.*testing-tess\.toml: order: must be"):
        showcase.read(folder)


def test_two_files_of_one_name_or_order_are_refused(folder):
    (folder / "twin.toml").write_text(FILE)
    with pytest.raises(showcase.InvalidShowcase, match=r"the order 10\n.*the name 'Testing Tess'"):
        showcase.read(folder)


@pytest.mark.django_db
def test_the_command_refuses_as_a_whole(folder, capsys):
    (folder / "another.toml").write_text(FILE.replace("order = 10", "order = 20").replace("Testing Tess", "T" * 31))
    with pytest.raises(CommandError, match=r"Nothing was loaded.\nanother.toml: name: .*30"):
        load(capsys)
    assert not Assistant.objects.exists()
