"""An assistant's page."""

from tests.browser.states import state


@state
def signed_out(stage):
    stage.signed_out(f"/assistants/{stage.code()}/")


@state
def signed_in(stage):
    stage.signed_in(f"/assistants/{stage.code()}/")


@state
def unknown(stage):
    stage.signed_in("/assistants/7K3QX9MZT2HD0VWN5B8R/")
