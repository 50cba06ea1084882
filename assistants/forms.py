"""The Lab's two forms: what an assistant is told, and how people know it. Everything comes back as it was typed."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.visit import Visit
from assistants.form_fields import TagsField, TextField
from assistants.lab.fields import PARAMETERS, STARTERS, USUAL_SUMMARY_PROMPT, USUAL_TOKENS
from assistants.models import TOKENS_LEAST, Assistant
from assistants.personalities import CUSTOM, PERSONALITIES
from assistants.prompt_size import prompt_size
from gptlab.llm import catalog

PROMPT_MOST, SUMMARY_PROMPT_MOST = 32_000, 2_000
STARTER_MOST, TAGS_MOST, TAG_MOST = 120, 6, 24
RANGES = {"temperature": (0, 2), "top_p": (0, 1), "frequency_penalty": (-2, 2), "presence_penalty": (-2, 2)}
OPENNESS = (
    ("secret", gettext_lazy("Secret")),
    ("public", gettext_lazy("Not guarded")),
    ("clonable", gettext_lazy("Free to clone")),
)


class _LabForm(forms.Form):
    """`is_checked`: says what is wrong. Otherwise it only shows the values."""

    use_required_attribute = False  # our sentences instead of the browser's

    def __init__(self, values: Mapping[str, str], *, is_checked: bool) -> None:
        super().__init__(values if is_checked else None, initial=dict(values), auto_id="%s")
        for field in self.fields.values():
            is_choice = isinstance(field.widget, forms.Select)
            field.widget.attrs |= {"class": "form-select" if is_choice else "form-control", "dir": "auto", "autocomplete": "off"}

    def is_valid(self) -> bool:
        """Where it is not, the first wrong field gets the focus."""
        if super().is_valid():
            return True
        first = next((name for name in self.fields if name in self.errors), "")
        if first:
            self.fields[first].widget.attrs["autofocus"] = True
        return False


class PromptForm(_LabForm):
    """`cleaned_data` are fields of a Version; of a ready-made personality its own parameters, whatever was sent."""

    initial_prompt = TextField(
        most=PROMPT_MOST,
        is_line=False,
        missing=gettext_lazy("There is no prompt yet. Say who the assistant is and what it does."),
        label=gettext_lazy("Prompt"),
        help_text=gettext_lazy(
            "Speak to the assistant: who it is, what it does, what it must not do. Stored encrypted, and shown to you alone."
        ),
        widget=forms.Textarea(attrs={"rows": 14}),
    )
    personality = forms.ChoiceField(choices=[(key, each.label) for key, each in PERSONALITIES.items()])
    model = forms.CharField(
        label=gettext_lazy("Model"), help_text=gettext_lazy("People whose key lacks it get the nearest one they have.")
    )
    max_tokens = forms.IntegerField(label=gettext_lazy("Longest reply"), widget=forms.TextInput(attrs={"inputmode": "numeric"}))
    temperature = forms.FloatField()
    top_p = forms.FloatField()
    frequency_penalty = forms.FloatField()
    presence_penalty = forms.FloatField()

    def __init__(self, values: Mapping[str, str], *, is_checked: bool, visit: Visit, kept_model: str = "") -> None:
        """`kept_model` is that of the version before: it may stay, also where the maker's key can't use it."""
        offered = catalog.offered(visit.provider, visit.models)
        self.models = [kept_model, *offered] if kept_model and kept_model not in offered else offered
        model = values["model"] or next(iter(self.models), "")
        super().__init__({**values, "model": model}, is_checked=is_checked)
        self.info = catalog.model(visit.provider, model[:200])
        self.most_tokens = min(self.info.max_output or self.info.context_window, self.info.context_window // 2)
        self.fields["max_tokens"].validators = [
            MinValueValidator(TOKENS_LEAST, _("At least %(limit_value)s tokens, or nothing whole is said.")),
            MaxValueValidator(self.most_tokens, _("This model’s replies have at most %(limit_value)s tokens.")),
        ]
        for name in PARAMETERS:
            least, most = RANGES[name]
            self.fields[name].required = values["personality"] == CUSTOM
            words = _("From %(least)s to %(most)s.") % {"least": least, "most": most}
            self.fields[name].validators = [MinValueValidator(least, words), MaxValueValidator(most, words)]

    def clean_model(self) -> str:
        name: str = self.cleaned_data["model"]
        if name not in self.models:
            message = _("“%(model)s” is not among the models that your key can use here.")
            raise forms.ValidationError(message % {"model": name[:64]})
        return name

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if (chosen := PERSONALITIES.get(data.get("personality", CUSTOM))) is not None and chosen.key != CUSTOM:
            for name in PARAMETERS:
                self.errors.pop(name, None)
            data |= chosen.parameters
        for name in self.errors.keys() & set(PARAMETERS) - set(self.info.parameters):  # nobody sees them: the model takes none
            self.errors.pop(name)
            data[name] = PERSONALITIES[CUSTOM].parameters[name]
        self._check_size()
        return data

    def _check_size(self) -> None:
        """Only a prompt that leaves room for a talk can be used."""
        data = self.cleaned_data
        if not data.get("initial_prompt"):
            return
        size = prompt_size(data["initial_prompt"], info=self.info, max_tokens=data.get("max_tokens", USUAL_TOKENS))
        if size.leaves_no_room:
            words = _("The prompt takes %(tokens)s tokens, and this model remembers %(room)s. Shorten it, or take another model.")
            self.add_error("initial_prompt", words % {"tokens": f"{size.tokens:,}", "room": f"{size.room:,}"})


class ProfileForm(_LabForm):
    name = TextField(
        most=30,
        missing=gettext_lazy("It needs a name."),
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("The robot follows from the name: another name, another robot."),
    )
    tagline = TextField(most=25, missing=gettext_lazy("Say in a few words what it is."), label=gettext_lazy("In a few words"))
    description = TextField(
        most=250,
        is_line=False,
        missing=gettext_lazy("Say in a sentence or two what it does."),
        label=gettext_lazy("Description"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    category = forms.ChoiceField(choices=Assistant.Category, label=gettext_lazy("Category"))
    tags = TagsField(
        most_tags=TAGS_MOST,
        most=TAG_MOST,
        label=gettext_lazy("Tags"),
        help_text=gettext_lazy("Up to six, with commas between. They are found by the search."),
    )
    starter_1 = TextField(most=STARTER_MOST, label=gettext_lazy("First message 1"))
    starter_2 = TextField(most=STARTER_MOST, label=gettext_lazy("First message 2"))
    starter_3 = TextField(most=STARTER_MOST, label=gettext_lazy("First message 3"))
    starter_4 = TextField(most=STARTER_MOST, label=gettext_lazy("First message 4"))
    session_type = forms.ChoiceField(choices=Assistant.SessionType)
    summary_prompt = TextField(
        most=SUMMARY_PROMPT_MOST,
        is_line=False,
        label=gettext_lazy("How should it sum up?"),
        help_text=gettext_lazy("For recaps, and for the notes by which a long coaching chat goes on. Empty: the usual one."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    avatar_style = forms.ChoiceField(choices=Assistant.AvatarStyle)
    openness = forms.ChoiceField(choices=OPENNESS)
    visibility = forms.ChoiceField(choices=Assistant.Visibility)
    note = TextField(
        most=250,
        label=gettext_lazy("Note on this version"),
        help_text=gettext_lazy("For you alone: what you changed, and why."),
    )

    def clean_description(self) -> str:
        return " ".join(self.cleaned_data["description"].split())

    def clean_summary_prompt(self) -> str:
        """A coach condenses long talks with it: nothing said means the usual."""
        return self.cleaned_data["summary_prompt"] or USUAL_SUMMARY_PROMPT

    @property
    def starters(self) -> list[forms.BoundField]:
        return [self[name] for name in STARTERS]
