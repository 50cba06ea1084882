"""What everybody is told, and a place that can only be read."""

from playwright.sync_api import expect

from tests.announce import announced
from tests.browser.states import state
from tests.browser.states.errors import submit

NEWS = "**New in the Lounge:** two coaches from the house. [What else is new](/about/)"
MOVING = "We move to a bigger machine."


@state
def news(stage):
    with announced(stage.lab, NEWS):
        stage.signed_in("/lounge/")


@state
def news_signed_out(stage):
    with announced(stage.lab, NEWS, tone="warning"):
        stage.signed_out("/")


@state(whole=False)
def read_only_chat(stage):
    stage.chat()
    with announced(stage.lab, MOVING, tone="warning", is_read_only=True, minutes=20):
        page = stage.chat()
        page.locator("#text").fill("Dear Quill,\nhow do I join these two tables?")
        page.locator("#text").press("Enter")
        expect(page.locator("#notice .banner")).to_be_visible()


@state
def read_only_without_a_script(stage):
    page = stage.chat()
    page.locator("#text").fill("Dear Quill,\nhow do I join these two tables?")
    with announced(stage.lab, MOVING, tone="warning", is_read_only=True, minutes=20):
        submit(page)
