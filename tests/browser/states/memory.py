"""A chat that is longer than the model's memory."""

from tests.browser.states import state

NOTES = (
    "Wants to know why ice floats, and what would be if it sank. Found so far: water expands by a tenth as it freezes, so ice is "
    "lighter than what it displaces. Lakes freeze from the top. Open: what holds the molecules apart?"
)


@state(whole=False)
def condensed(stage):
    to_line(stage)


@state(whole=False)
def notes_open(stage):
    page = to_line(stage)
    page.locator("#condensed summary.rule").click()


@state(whole=False)
def notes_edited(stage):
    edit(stage)
    stage.page.get_by_label("is told of the earlier turns").fill(NOTES)
    stage.page.get_by_role("button", name="Save the notes").click()
    stage.page.get_by_text("edited by you").wait_for()


@state(whole=False)
def notes_being_edited(stage):
    edit(stage)


@state(whole=False)
def notes_set_aside(stage):
    page = to_line(stage)
    page.locator("#condensed summary.rule").click()
    if page.get_by_role("button", name="Use the full turns again").is_visible():
        page.get_by_role("button", name="Use the full turns again").click()
    page.get_by_role("button", name="Use the notes again").wait_for()


def edit(stage):
    page = to_line(stage)
    page.locator("#condensed summary.rule").click()
    page.get_by_text("Edit notes").click()


def to_line(stage):
    page = stage.long_chat()
    if page.get_by_text("set aside").count():
        page.locator("#condensed summary.rule").click()
        page.get_by_role("button", name="Use the notes again").click()
        page.get_by_text("are summarised for the model").wait_for()
        page.reload()
    page.locator("#condensed").evaluate("line => line.scrollIntoView({block: 'center'})")
    return page
