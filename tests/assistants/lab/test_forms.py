"""What is wrong with a value is said beside its field, and the value stays there."""

import pytest

from assistants.forms import ProfileForm, PromptForm
from assistants.lab.fields import FIELDS, USUAL, USUAL_SUMMARY_PROMPT
from assistants.personalities import PERSONALITIES
from tests.assistants.lab.bench import PROFILE, PROMPT
from tests.cast import visitor

pytestmark = pytest.mark.django_db
FIT = dict.fromkeys(FIELDS, "") | USUAL | PROMPT | PROFILE
RTL, EMOJI = "مساعد الندوة", "👩‍🚀 helper"
HTML = "<b onclick=x>&amp;"


@pytest.fixture
def prompt_form(alice):
    return lambda **changed: PromptForm(FIT | changed, is_checked=True, visit=alice.visit)


def profile_form(**changed):
    return ProfileForm(FIT | changed, is_checked=True)


CUSTOM = {"personality": "custom"}
UNFIT_TOLD = [
    ("initial_prompt", "", {}),
    ("initial_prompt", " \n\u200b\u2800", {}),
    ("initial_prompt", "x" * 32_001, {}),
    ("initial_prompt", "nul \x00", {}),
    ("initial_prompt", "turned \u202e", {}),
    ("personality", "evil", {}),
    ("model", "gpt-99-unknown", {}),
    ("model", "../../etc", {}),
    ("model", "x" * 5_000, {}),
    *[("max_tokens", value, {}) for value in ("", "many", "15", "-1", "1e3", "9" * 5_000, "99999999", "2.5")],
    *[("temperature", value, CUSTOM) for value in ("", "NaN", "inf", "-0.1", "2.1", "99", "warm", "1" * 400)],
    *[("top_p", value, CUSTOM) for value in ("", "-0.1", "1.1")],
    *[(name, value, CUSTOM) for name in ("frequency_penalty", "presence_penalty") for value in ("", "-2.1", "2.1")],
]


@pytest.mark.parametrize(("field", "value", "others"), UNFIT_TOLD, ids=range(len(UNFIT_TOLD)))
def test_what_the_model_can_not_be_told_is_refused_at_its_field(prompt_form, field, value, others):
    form = prompt_form(**others | {field: value})
    assert not form.is_valid()
    assert list(form.errors) == [field]
    assert form[field].value() == value
    assert form.fields[field].widget.attrs["autofocus"]


@pytest.mark.parametrize("value", ["x" * 32_000, HTML, RTL, EMOJI, "lines\n\tand tabs", "'; DROP TABLE", "{{ 7*7 }}"])
def test_a_prompt_may_say_anything(prompt_form, value):
    form = prompt_form(initial_prompt=value)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["initial_prompt"] == value


def test_a_prompt_must_leave_the_model_room_for_a_talk(prompt_form, settings, tmp_path):
    (tmp_path / "models.toml").write_text('[openai."gpt-4.1-mini"]\ncontext_window = 2_048\n')
    settings.MODELS_FILE = str(tmp_path / "models.toml")
    assert prompt_form(initial_prompt="word " * 1_000).is_valid()
    form = prompt_form(initial_prompt="word " * 1_600)
    assert "1,748" in form.errors["initial_prompt"][0]


def test_what_a_model_can_not_write_in_one_reply_is_refused(prompt_form):
    assert prompt_form(max_tokens="32768").is_valid()
    assert "32768" in prompt_form(max_tokens="32769").errors["max_tokens"][0]


@pytest.mark.parametrize("key", PERSONALITIES)
def test_a_ready_made_personality_has_its_own_parameters_whatever_is_sent(prompt_form, key):
    sent = {"temperature": "1.9", "top_p": "0.1", "frequency_penalty": "-1", "presence_penalty": "1.5"}
    form = prompt_form(personality=key, **sent)
    assert form.is_valid()
    got = {name: form.cleaned_data[name] for name in sent}
    assert got == ({name: float(value) for name, value in sent.items()} if key == "custom" else PERSONALITIES[key].parameters)


def test_the_personalities_are_those_of_the_original():
    drawn = {key: tuple(each.parameters.values()) for key, each in PERSONALITIES.items()}
    assert drawn == {
        "coaching": (0.5, 0.9, 0.3, 0.2),
        "creative": (1.0, 0.7, 0.1, 0.1),
        "sarcastic": (0.8, 0.9, 0.1, 0.1),
        "truthful": (0.5, 0.9, 0.1, 0.2),
        "witty": (0.7, 0.9, 0.1, 0.1),
        "custom": (0.7, 1.0, 0.0, 0.0),
    }


def test_a_slider_that_is_locked_is_not_looked_at(prompt_form):
    assert prompt_form(personality="witty", temperature="NaN", top_p="").is_valid()


def test_the_model_of_the_version_before_may_stay(alice):
    values = FIT | {"model": "gpt-old"}
    assert not PromptForm(values, is_checked=True, visit=alice.visit).is_valid()
    assert PromptForm(values, is_checked=True, visit=alice.visit, kept_model="gpt-old").is_valid()


def test_who_chooses_no_model_gets_the_best_offer(prompt_form):
    form = prompt_form(model="")
    assert form.is_valid()
    assert form.cleaned_data["model"] == "gpt-4.1-mini"


def test_a_key_chooses_among_its_own_models():
    visit = visitor("carol", models=("gpt-4o", "gpt-4.1-mini")).visit
    assert set(PromptForm(FIT, is_checked=False, visit=visit).models) == {"gpt-4o", "gpt-4.1-mini"}


LONGEST = {"name": 30, "tagline": 25, "description": 250, "starter_4": 120, "summary_prompt": 2_000, "note": 250}
UNFIT_SHOWN = [
    *[(field, "") for field in ("name", "tagline", "description")],
    *[(field, "\u200b \u3164") for field in ("name", "tagline", "description")],
    *[(field, "x" * (most + 1)) for field, most in LONGEST.items()],
    *[(field, "a\x07b") for field in LONGEST],
    *[(field, "a\u202eb") for field in LONGEST],
    *[(field, "two\nlines") for field in ("name", "tagline", "starter_1", "note")],
    ("tags", ", ".join("abcdefg")),
    ("tags", "x" * 25),
    ("tags", "a\x00"),
    *[(field, "evil") for field in ("category", "session_type", "visibility", "openness", "avatar_style")],
]


@pytest.mark.parametrize(("field", "value"), UNFIT_SHOWN, ids=range(len(UNFIT_SHOWN)))
def test_what_people_can_not_be_shown_is_refused_at_its_field(field, value):
    form = profile_form(**{field: value})
    assert not form.is_valid()
    assert list(form.errors) == [field]
    assert form[field].value() == value


@pytest.mark.parametrize("value", [HTML, RTL, EMOJI, "Zo\u0308e", "x"])
@pytest.mark.parametrize("field", ["name", "tagline", "description", "starter_2", "summary_prompt"])
def test_text_is_text_in_every_script(field, value):
    form = profile_form(**{field: f" {value}\r\n" if field == "description" else value})
    assert form.is_valid(), form.errors
    assert form.cleaned_data[field] == value


@pytest.mark.parametrize(("field", "most"), LONGEST.items())
def test_the_longest_fits(field, most):
    assert profile_form(**{field: "ä" * most}).is_valid()


def test_tags_are_words_without_repetitions():
    form = profile_form(tags=" Debate,, debate ,  Big   ideas")
    assert form.is_valid()
    assert form.cleaned_data["tags"] == ["debate", "big ideas"]


def test_no_word_on_summing_up_means_the_usual():
    form = profile_form(summary_prompt=" ")
    assert form.is_valid()
    assert form.cleaned_data["summary_prompt"] == USUAL_SUMMARY_PROMPT


def test_a_parameter_that_the_model_does_not_take_stops_nobody(alice):
    """It may come from a file, or from a model that took it; its slider is hidden."""
    visit = visitor("reasoner", models=("o3-mini",)).visit
    values = dict.fromkeys(FIELDS, "") | USUAL | PROMPT | {"model": "o3-mini", "personality": "custom", "temperature": "9"}
    form = PromptForm(values, is_checked=True, visit=visit)
    assert "temperature" not in form.info.parameters
    assert form.is_valid(), form.errors
    assert form.cleaned_data["temperature"] == 0.7
