"""Signing in, and what may go wrong there."""

from playwright.sync_api import expect

from tests.browser.states import state


@state
def page(stage):
    stage.signed_out("/sign-in/")


@state
def refused_key(stage):
    attempt(stage, "sk-script.invalid_key-0123456789abcdef0123456789abcdef")


@state
def unfit_key(stage):
    attempt(stage, "Bearer sk-nonsense")


@state
def about_keys(stage):
    page = stage.signed_out("/sign-in/")
    for summary in page.locator("#sign-in summary").all():
        summary.click()


def attempt(stage, key):
    page = stage.signed_out("/sign-in/")
    page.get_by_label("Provider").select_option("openai")
    page.get_by_label("API key").fill(key)
    page.get_by_role("button", name="Enter the lab").click()
    expect(page.locator("#sign-in .error").first).to_be_visible()
