"""What a maker sees of the moderators."""

from tests.browser.states import state


def published(stage, name):
    """The code of a listed one of the visitor's. Made once for the same name."""
    key = f"listed {name}"
    if key not in stage._made:
        code = stage.draft({"initial_prompt": "You are Ray.", "name": name, "tagline": "Opens doors", "description": "Locks."})
        stage.visitor.post(f"/lab/{code}/publish/", visibility="listed", next="publish")
        stage._made[key] = code
    return stage._made[key]


def reported(stage):
    code = published(stage, "Reported Ray")
    if "report" not in stage._made:
        stage.reader.post(f"/assistants/{code}/report/", reason="harmful", words="It explains burglary to everybody who asks.")
        stage._made["report"] = code
    return code


def appealed(stage):
    """One of the visitor's that was suspended, and their word against it."""
    code = published(stage, "Suspended Sue")
    if "appeal" not in stage._made:
        stage.decide(code, "suspended", "It explains burglary, which our terms don’t allow.")
        decided = stage.visitor.http.get("/lab/decisions/").text
        number = decided.split('id="decision-')[1].split('"')[0]
        stage.visitor.post(f"/lab/decisions/{number}/appeal/", words="It is for people who are locked out of their own homes.")
        stage._made["appeal"] = code
    return code


@state
def none(stage):
    stage.signed_in_anew("/lab/decisions/")


@state
def one(stage):
    appealed(stage)
    stage.signed_in("/lab/decisions/")


@state
def appealing(stage):
    code = published(stage, "Unlisted Uma")
    if "uma" not in stage._made:
        stage.decide(code, "unlisted", "Its tagline promises what it can’t do.")
        stage._made["uma"] = code
    page = stage.signed_in("/lab/decisions/")
    page.get_by_text("Appeal…").first.click()
    page.get_by_role("button", name="Send the appeal").first.click()
    page.get_by_text("Say why it should be decided otherwise.").wait_for()


@state
def lab(stage):
    appealed(stage)
    stage.signed_in("/lab/")


@state
def its_page(stage):
    stage.signed_in(f"/lab/{appealed(stage)}/")


@state
def as_others_see_it(stage):
    stage.signed_in_anew(f"/assistants/{appealed(stage)}/")
