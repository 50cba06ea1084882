"""The Lounge."""

from tests.browser.states import state


@state
def signed_out(stage):
    stage.signed_out("/lounge/")


@state
def signed_in(stage):
    stage.signed_in("/lounge/")


@state
def with_a_new_key(stage):
    page = stage.signed_out("/")
    page.get_by_role("button", name="Try it without a key").first.click()
    page.wait_for_url("**/lounge/**")


@state
def mine(stage):
    stage.signed_in("/lounge/?tab=mine")


@state
def nothing_found(stage):
    stage.signed_in("/lounge/?q=tax+lawer")
