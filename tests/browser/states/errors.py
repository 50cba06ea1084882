"""What goes wrong: replies that ended badly, messages that were refused, pages that are not there."""

from playwright.sync_api import expect

from tests.away import database_away, redis_away
from tests.browser.states import state
from tests.damage import spoil_prompt, spoil_texts


@state
def page_404(stage):
    stage.signed_in("/nothing-here/")


@state
def page_404_signed_out(stage):
    stage.signed_out("/nothing-here/")


@state
def page_400(stage):
    """More fields than any form of ours has."""
    page = stage.chat()
    page.evaluate(
        """() => {
          for (let i = 0; i < 1001; i++) {
            const field = Object.assign(document.createElement("input"), {name: `field${i}`, value: "x"});
            document.getElementById("composer").append(field);
          }
        }"""
    )
    submit(page)


@state
def page_429(stage):
    """Eleven codes within a minute."""
    page = stage.signed_in_anew("/lounge/")
    for _ in range(10):
        page.request.get("/assistants/?code=0123456789ABCDEFGHJK")
    page.goto("/assistants/?code=0123456789ABCDEFGHJK")


@state
def page_database_away(stage):
    page = stage.chat()
    with database_away(stage.lab):
        page.reload()


@state
def page_405(stage):
    stage.signed_in("/sign-out/")


@state
def page_403_with_a_draft(stage):
    """As who has no script sees it: the form posts, and the page says why not."""
    page = stage.chat()
    page.locator("#text").fill("Dear Quill,\nhow do I join these two tables?")
    page.context.clear_cookies(name="csrf")
    submit(page)


@state
def page_401_with_a_draft(stage):
    page = stage.chat()
    page.locator("#text").fill("Dear Quill,\nhow do I join these two tables?")
    page.context.clear_cookies(name="visit")
    submit(page)


@state
def page_413(stage):
    page = stage.chat()
    page.evaluate("document.querySelector('#composer [name=client_id]').value = 'x'.repeat(5_000_000)")
    submit(page)


@state
def page_redis_away(stage):
    page = stage.chat()
    with redis_away(stage.lab):
        page.reload()


@state
def lounge_redis_away(stage):
    page = stage.signed_in("/lounge/")
    with redis_away(stage.lab):
        page.reload()


@state(whole=False)
def message_redis_away(stage):
    page = stage.chat()
    page.locator("#text").fill("Written on a bad day")
    with redis_away(stage.lab):
        page.locator("#text").press("Enter")
        expect(page.locator("#notice .banner")).to_be_visible()


@state(whole=False)
def reply_interrupted(stage):
    reply(stage, "cut_after:60")


@state(whole=False)
def reply_empty(stage):
    reply(stage, "say:0")


@state(whole=False)
def reply_cut_at_its_limit(stage):
    reply(stage, "limit:40")


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
def reply_timeout(stage):
    reply(stage, "status:408")


@state(whole=False)
def reply_misconfigured(stage):
    """The assistant's prompt does not open."""
    code = stage.assistant(name="Muddled Mo")
    stage.new_chat(code)
    spoil_prompt(stage.lab, code)
    stage.say("Go on.")
    stage.ended()


@state(whole=False)
def damaged_texts(stage):
    page = stage.new_chat()
    stage.say("Once more, please.")
    stage.ended()
    spoil_texts(stage.lab, stage.visitor.session)
    page.reload()


@state(whole=False)
def visit_ended_while_typing(stage):
    end_while_typing(stage)


@state(whole=False)
def signing_in_again_refused(stage):
    page = end_while_typing(stage)
    page.get_by_label("API key").fill("Bearer nonsense")
    page.get_by_role("button", name="Sign in again").click()
    expect(page.locator("#again-error")).to_be_visible()


@state(whole=False)
def notice_out_of_date(stage):
    page = stage.chat()
    page.context.clear_cookies(name="csrf")
    page.locator("#text").fill("Written for a long time")
    page.locator("#text").press("Enter")
    expect(page.locator("#notice .banner")).to_be_visible()


@state(whole=False)
def notice_offline(stage):
    page = stage.chat()
    page.locator("#text").fill("Written on a train")
    page.context.set_offline(True)
    page.locator("#text").press("Enter")
    expect(page.locator("#notice .banner")).to_be_visible()
    page.context.set_offline(False)


@state(whole=False)
def notice_too_large(stage):
    refused_on_the_way(stage, 413, "Request Entity Too Large")


@state(whole=False)
def notice_broken(stage):
    refused_on_the_way(stage, 502, "Bad Gateway")


@state(whole=False)
def message_refused(stage):
    page = stage.chat()
    page.locator("#text").fill("\u2800\u3164")
    page.locator("#text").press("Enter")
    expect(page.locator("#notice .banner")).to_be_visible()


@state(whole=False)
def message_refused_without_a_script(stage):
    page = stage.chat()
    submit(page)


def end_while_typing(stage):
    page = stage.chat()
    page.context.clear_cookies(name="visit")
    page.locator("#text").fill("Written for a long time")
    page.locator("#text").press("Enter")
    expect(page.locator("#notice .banner")).to_be_visible()
    return page


def refused_on_the_way(stage, status, words):
    """By a proxy in front of us, whose page is not ours."""
    page = stage.chat()
    body = f"<html><head><title>{status} {words}</title></head><body><h1>{status} {words}</h1></body></html>"
    page.route("**/say/", lambda route: route.fulfill(status=status, body=body, content_type="text/html"))
    page.locator("#text").fill("Written for a long time")
    page.locator("#text").press("Enter")
    expect(page.locator("#notice .banner")).to_be_visible()


def submit(page):
    """What the browser does without our scripts."""
    with page.expect_navigation():
        page.evaluate("HTMLFormElement.prototype.submit.call(document.getElementById('composer'))")


def reply(stage, script):
    stage.chat()
    stage.say(f"[[script={script}]] Go on.")
    stage.ended()
