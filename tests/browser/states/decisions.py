"""What a maker sees of the moderators."""

from tests.browser.states import state

LOCKED_OUT = "It is for people who are locked out of their own homes."


def reported(stage):
    """One of the visitor's that somebody else has reported."""
    code = stage.listed("Reported Ray")
    words = "It explains burglary to everybody who asks."
    stage.once("report", lambda: stage.reader.post(f"/assistants/{code}/report/", reason="harmful", words=words))
    return code


def appealed(stage):
    """One of the visitor's that was suspended, and their word against it."""
    return stage.once("appeal", lambda: appeal(stage, stage.listed("Suspended Sue")))


def appeal(stage, code):
    stage.decide(code, "suspended", "It explains burglary, which our terms don’t allow.")
    decided = stage.visitor.http.get("/lab/decisions/").text
    number = decided.split('id="decision-')[1].split('"')[0]
    stage.visitor.post(f"/lab/decisions/{number}/appeal/", words=LOCKED_OUT)
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
    code = stage.listed("Unlisted Uma")
    stage.once("uma", lambda: stage.decide(code, "unlisted", "Its tagline promises what it can’t do."))
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
