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
def sorted_by_ratings(stage):
    for name, people, likers in (("Busy Bea", 1_204, 1_150), ("Shy Sid", 37, 20)):
        stage.assistant(name=name, showcased=False, category="work", people=people, raters=people, likers=likers, liking=likers)
    stage.signed_in("/lounge/?tab=community&sort=liked&category=work")


@state
def favourites(stage):
    page = stage.signed_in("/lounge/")
    for star in page.locator(".star [aria-pressed=false]").all()[:2]:
        star.click()
        page.wait_for_timeout(300)
    stage.signed_in("/lounge/?tab=favourites&seed=1")


@state
def favourites_empty(stage):
    stage.signed_in_anew("/lounge/?tab=favourites")


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
