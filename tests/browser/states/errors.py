"""What goes wrong: replies that ended badly, messages that were refused, pages that are not there."""

from playwright.sync_api import expect

from tests.browser.states import state


@state
def not_found(stage):
    stage.signed_in("/nothing-here/")


@state
def not_found_signed_out(stage):
    stage.signed_out("/nothing-here/")


@state(whole=False)
def reply_interrupted(stage):
    reply(stage, "cut_after:60")


@state(whole=False)
def reply_quota(stage):
    reply(stage, "quota")


@state(whole=False)
def reply_key_rejected(stage):
    reply(stage, "invalid_key")


@state(whole=False)
def reply_rate_limited(stage):
    reply(stage, "rate_limited:90")


@state(whole=False)
def reply_model_not_allowed(stage):
    reply(stage, "model_not_found")


@state(whole=False)
def reply_too_long(stage):
    reply(stage, "context_too_long")


@state(whole=False)
def reply_filtered(stage):
    reply(stage, "content_filter")


@state(whole=False)
def reply_server_error(stage):
    reply(stage, "status:500")


@state(whole=False)
def visit_ended_while_typing(stage):
    page = stage.chat()
    page.context.clear_cookies(name="visit")
    page.locator("#text").fill("Written for a long time")
    page.locator("#text").press("Enter")
    expect(page.locator("#notice .banner")).to_be_visible()


@state
def refused_without_a_script(stage):
    """As who has no script sees it: the form posts, and the page says why not."""
    page = stage.chat()
    with page.expect_navigation():
        page.evaluate("document.getElementById('composer').removeAttribute('hx-post')")
        page.evaluate("HTMLFormElement.prototype.submit.call(document.getElementById('composer'))")


def reply(stage, script):
    stage.chat()
    stage.say(f"[[script={script}]] Go on.")
    stage.ended()
