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
    assert stage.own
    stage.signed_in("/lounge/?tab=mine")


@state
def mine_empty(stage):
    stage.signed_in_anew("/lounge/?tab=mine")


@state
def community(stage):
    stage.signed_in(f"/lounge/?tab=community&seed=1&q={stage.community}")


@state
def community_page_2(stage):
    stage.signed_in(f"/lounge/?tab=community&page=2&seed=1&q={stage.community}")


@state
def category(stage):
    stage.signed_out("/lounge/?category=learning")


@state
def nothing_found(stage):
    stage.signed_in("/lounge/?q=tax+lawer")


@state
def found_elsewhere(stage):
    stage.signed_in("/lounge/?tab=community&q=socratic")


@state
def wrong_code(stage):
    stage.signed_out("/assistants/?code=7K3QX-9MZT")
