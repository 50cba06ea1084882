"""Versions side by side."""

from tests.browser.states import state
from tests.browser.states.lab import draft

MUSEUMS, STRIKE = "Museums should give everything back.", "Is a strike ever wrong?"


def two(stage, name, *messages, script="", blind=False):
    """The page of one of the visitor's with two versions and these messages."""
    code = stage.revised_as(name, script)
    stage.keep_messages(code, *messages)
    return stage.signed_in(f"/lab/{code}/compare/{'?left=1&right=2&blind=1' if blind else ''}")


def run_all(stage, page):
    if page.locator("#messages .answer").count() == 0:
        page.locator("#run-every, [id^=run-]").get_by_text("Run").first.click()
    page.locator("#messages .answer").first.wait_for()
    return page


def ended(page):
    page.locator("#run-all:not(:has(#stop-all))").wait_for(state="attached", timeout=30_000)
    page.wait_for_timeout(400)  # of two replies that end together each has the buttons drawn anew
    return page


@state
def empty(stage):
    two(stage, "Empty Ede")


@state
def one_version(stage):
    stage.signed_in(f"/lab/{stage.retired}/compare/")


@state
def only_a_draft(stage):
    stage.signed_in(f"/lab/{draft(stage, name='Drafted Di')}/compare/")


@state
def reading_only(stage):
    edit = stage.reader.post("/lab/new/").url.path
    stage.reading_only(edit.replace("/edit/", "/compare/"))


@state
def to_run(stage):
    two(stage, "Ready Rae", MUSEUMS, STRIKE)


@state
def streaming(stage):
    page = two(stage, "Slow Sue", MUSEUMS, STRIKE, script="[[script=slow:300:400]]")
    run_all(stage, page)


@state
def answered(stage):
    page = two(stage, "Done Dan", MUSEUMS, script="[[script=say:120]]")
    ended(run_all(stage, page))


@state
def marked(stage):
    page = two(stage, "Marked Moe", MUSEUMS, STRIKE, "And now?", script="[[script=say:60]]")
    ended(run_all(stage, page))
    for number, name in enumerate(("Version 2 is better", "Equal", "Version 1 is better")):
        button = page.locator("#messages > li").nth(number).get_by_role("button", name=name)
        if button.get_attribute("aria-pressed") == "false":
            button.click()
        page.locator("#messages > li").nth(number).locator("[aria-pressed=true]").wait_for()


@state
def pairs(stage):
    """With a draft that is compared with what is live, and a tally of the versions before."""
    code = stage.revised_as("Paired Pia", "[[script=say:60]]")
    stage.visitor.post(f"/lab/{code}/edit/", initial_prompt="You are Pia. Ask why. [[script=say:40]]", next="leave")
    page = two(stage, "Paired Pia", MUSEUMS)
    for query, name in (("left=1&right=2", "Equal"), ("left=2&right=draft", "Draft is better")):
        page.goto(f"/lab/{code}/compare/?{query}")
        ended(run_all(stage, page))
        button = page.get_by_role("button", name=name)
        if button.get_attribute("aria-pressed") == "false":
            button.click()
        page.locator("#messages [aria-pressed=true]").wait_for()
    page.reload()


@state
def blind(stage):
    page = two(stage, "Blind Bea", MUSEUMS, STRIKE, script="[[script=say:60]]", blind=True)
    ended(run_all(stage, page))


@state
def failed(stage):
    page = two(stage, "Failing Fay", MUSEUMS, STRIKE, script="[[script=quota]]")
    ended(run_all(stage, page))


@state
def nothing_written(stage):
    page = two(stage, "Ready Rae", MUSEUMS, STRIKE)
    page.get_by_role("button", name="Keep this message").click()
    page.locator("#new-message-error").wait_for()


@state
def editing(stage):
    page = two(stage, "Ready Rae", MUSEUMS, STRIKE)
    page.get_by_text("Edit", exact=True).first.click()
    page.get_by_role("textbox", name="Message", exact=True).first.fill(" ")
    page.get_by_role("button", name="Keep the change").first.click()
    page.locator("#messages .error").wait_for()


@state
def one_and_the_same(stage):
    page = two(stage, "Ready Rae", MUSEUMS, STRIKE)
    page.get_by_label("Left", exact=True).select_option("2")
    page.get_by_role("button", name="Run all").click()
    page.locator("#pair-error").wait_for()
