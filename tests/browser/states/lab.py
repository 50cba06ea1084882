"""The Lab."""

from playwright.sync_api import expect

from tests.browser.states import state

LOU = """You are Lou, who keeps bees. Always ask one question, and never two of them.
End with a rhyme about the hives, and never say how many there are."""
LEAKY = f"{LOU} [[script=recite:plainly:0]]"
PROMPT = """You are a sparring partner for university seminars. The student brings a claim they want to defend.

1. Restate the claim in one sentence and ask whether you got it right.
2. Attack it with the strongest objection a fair opponent would raise. One at a time.
3. After three rounds, name the best argument the student made and the one that did not hold.

Never write the student’s essay. If asked to, say why and offer one question instead."""
TOLD = {"initial_prompt": PROMPT, "personality": "truthful", "model": "gpt-4.1-mini", "max_tokens": "800"}
SHOWN = {
    "name": "Seminar Sparring",
    "tagline": "Holds against you",
    "description": "Bring a claim; it brings the objections, one at a time, and in the end says what held.",
    "category": "learning",
    "tags": "debate, seminar",
    "starter_1": "Museums should give everything back.",
    "session_type": "coaching",
    "visibility": "listed",
}


def draft(stage, **changed):
    """The code of a draft of the visitor's."""
    return stage.draft(TOLD | SHOWN | changed)


def talked_about(stage):
    """One of the visitor's with which others talk."""
    assert stage.own
    owner = {"owner_of": stage.visitor.session, "visibility": "unlisted", "showcased": False}
    return stage.assistant(name="Debate Deb", visitors=24, **owner)


@state
def with_ones_own(stage):
    assert stage.own
    talked_about(stage)
    stage.signed_in("/lab/")


@state
def numbers(stage):
    stage.signed_in(f"/lab/{talked_about(stage)}/numbers/")


@state
def numbers_of_nobody(stage):
    stage.signed_in(f"/lab/{stage.revised}/numbers/")


@state
def empty(stage):
    stage.signed_in_anew("/lab/")


@state
def new(stage):
    stage.signed_in("/lab/new/")


@state
def prompt(stage):
    stage.signed_in(f"/lab/{draft(stage)}/edit/")


@state
def prompt_custom(stage):
    stage.signed_in(f"/lab/{draft(stage, personality='custom', temperature='1.3')}/edit/")


@state
def prompt_wrong(stage):
    page = stage.signed_in(f"/lab/{draft(stage, initial_prompt='', max_tokens='7')}/edit/")
    page.get_by_role("button", name="Go to the test drive").click()
    page.locator("#initial_prompt_error").wait_for()


@state
def trial_to_begin(stage):
    stage.signed_in(f"/lab/{draft(stage)}/trial/")


@state
def trial(stage):
    page = stage.signed_in(f"/lab/{draft(stage, name='Tried Tess')}/trial/")
    page.get_by_role("button", name="Begin the test drive").click()
    page.locator("#turns article").wait_for()
    stage.ended()
    stage.say("Museums should give everything back.")
    stage.ended()


@state
def finish(stage):
    stage.signed_in(f"/lab/{draft(stage)}/publish/")


@state
def finish_wrong(stage):
    page = stage.signed_in(f"/lab/{draft(stage, name='', tagline='The best sparring partner for every seminar')}/publish/")
    page.get_by_role("button", name="Publish").click()
    page.locator("#name_error").wait_for()


@state
def finish_with_the_longest(stage):
    longest = {"name": "W" * 30, "tagline": "W" * 25, "description": "ش" * 250, "tags": ", ".join("abcdef")}
    stage.signed_in(f"/lab/{draft(stage, **longest)}/publish/")


@state
def published(stage):
    page = stage.signed_in(f"/lab/{draft(stage, name='Just Judy')}/publish/")
    page.get_by_role("button", name="Publish").click()
    page.get_by_text("is on the shelf").wait_for()


@state
def versions(stage):
    page = stage.signed_in(f"/lab/{stage.revised}/versions/")
    page.get_by_text("What has changed").wait_for()


@state
def retired(stage):
    stage.signed_in(f"/lab/{stage.retired}/")


@state
def throwing_away(stage):
    stage.signed_in(f"/lab/{draft(stage)}/discard/")


@state
def leak_check(stage):
    stage.signed_in(f"/lab/{draft(stage)}/leak-check/")


@state
def leak_check_done(stage):
    page = stage.signed_in(f"/lab/{draft(stage, name='Leaky Lou', initial_prompt=LEAKY)}/leak-check/")
    if page.get_by_text("got through").count() == 0:
        page.get_by_role("button", name="Send 18 requests").click()
    page.get_by_text("got through").wait_for()
    expect(page.get_by_role("button", name="Stop", exact=True)).to_have_count(0, timeout=30_000)
