"""The Lab."""

from tests.browser.states import state


@state
def with_ones_own(stage):
    assert stage.own
    stage.signed_in("/lab/")


@state
def empty(stage):
    stage.signed_in_anew("/lab/")
