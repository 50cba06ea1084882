"""What is typed into the Lab's fields, and what becomes of it."""

from assistants import lab
from assistants.forms import ProfileForm, PromptForm
from assistants.lab.fields import profile_of

MARKER = "Zebrafinkenmarker"
PROMPT = {
    "initial_prompt": f"You are Sparring, {MARKER}.",
    "personality": "truthful",
    "model": "gpt-4.1-mini",
    "max_tokens": "300",
}
PROFILE = {
    "name": "Seminar Sparring",
    "tagline": "Argues back",
    "description": "Holds against every claim.",
    "category": "learning",
    "tags": "debate, seminar",
    "starter_1": "Attack my thesis.",
    "session_type": "coaching",
    "visibility": "unlisted",
}


def publish(assistant, visit, *, now, **changed):
    """As the page does."""
    lab.keep(assistant, changed, now=now)
    values = lab.typed(assistant)
    told, about = PromptForm(values, is_checked=True, visit=visit), ProfileForm(values, is_checked=True)
    assert told.is_valid(), told.errors
    assert about.is_valid(), about.errors
    return lab.publish(
        assistant,
        profile=profile_of(about.cleaned_data),
        told=told.cleaned_data | {name: about.cleaned_data[name] for name in ("summary_prompt", "openness")},
        note=about.cleaned_data["note"],
        now=now,
    )
