"""The end of a chat: its recap, while it is written, when it is there, and when it could not be."""

from playwright.sync_api import expect

from tests.browser.states import state


def conclude(stage, last="three"):
    page = stage.chat_about("one", "two", last)
    page.locator("#conclude").get_by_role("button", name="Conclude").dispatch_event("click")
    return page.locator("#recap")


@state
def being_written(stage):
    expect(conclude(stage, "[[script=recap_late:20]]").locator(".status-line")).to_be_visible()


@state
def written(stage):
    expect(conclude(stage).locator(".prose")).to_be_visible()


@state
def rated(stage):
    recap = conclude(stage)
    expect(recap.locator(".prose")).to_be_visible()
    recap.get_by_role("button", name="Not really").click()
    expect(recap.locator("[aria-pressed=true]")).to_have_count(1)


@state
def failed(stage):
    expect(conclude(stage, "[[script=wire:length]]").locator(".banner")).to_be_visible()
