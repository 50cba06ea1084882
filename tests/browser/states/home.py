"""The front page, and the pages of words behind it."""

from tests.browser.states import state


@state
def signed_out(stage):
    stage.signed_out("/")


@state
def signed_in(stage):
    stage.signed_in("/")


@state
def faq(stage):
    stage.signed_out("/faq/")


@state
def terms(stage):
    stage.signed_out("/terms/")


@state
def privacy(stage):
    stage.signed_out("/privacy/")


@state
def about(stage):
    stage.signed_out("/about/")
