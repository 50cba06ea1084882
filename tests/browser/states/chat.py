"""The chat while all goes well."""

from playwright.sync_api import expect

from tests.browser.states import state


@state(whole=False)
def opened(stage):
    stage.new_chat()


@state(whole=False)
def queued(stage):
    """Before a worker has it."""
    stage.new_chat()
    stage.hold("**/stream/")
    with stage.worker_at_rest():
        page = stage.say("Go on.")
        expect(page.get_by_text("Queued")).to_be_visible()


@state(whole=False)
def reconnecting(stage):
    stage.new_chat()
    stage.page.route("**/stream/", lambda route: route.abort())
    page = stage.say("Go on.")
    expect(page.get_by_text("Connection lost. Reconnecting…")).to_be_visible()


@state(whole=False)
def waiting_without_a_script(stage):
    stage.visitor.start(stage.code())
    stage.visitor.wait_for_end("done")
    stage.visitor.say("[[script=think:20]] Think about it.")
    page = stage.without_a_script(f"/chats/{stage.visitor.session}/#latest")
    expect(page.get_by_role("link", name="Show the reply")).to_be_visible()


@state(whole=False)
def key_that_only_reads(stage):
    stage.reading_only()


@state(whole=False)
def thinking(stage):
    stage.new_chat()
    page = stage.say("[[script=think:20]] Think about it.")
    expect(page.get_by_text("Thinking")).to_be_visible()


@state(whole=False)
def stopped_before_a_word(stage):
    stage.new_chat()
    stage.say("[[script=think:20]] Think about it.")
    stage.stop()


@state(whole=False)
def writing(stage):
    write(stage)


@state(whole=False)
def stopped(stage):
    write(stage)
    stage.stop()


@state
def whole_document(stage):
    stage.chat_about("[[script=document:0]] Tell me everything.")


@state(whole=False)
def empty_message(stage):
    stage.chat().locator("#text").press("Enter")


@state(whole=False)
def seal_open(stage):
    stage.chat().locator(".seal summary").first.click()


@state(whole=False)
def bench_open(stage):
    page = stage.chat()
    page.goto(page.url.partition("#")[0] + "#bench")


@state(whole=False)
def old_turns(stage):
    """As a plain link shows them, and a browser without a script."""
    page = stage.new_chat()
    stage.fill(stage.visitor.session, turns=12)
    page.goto(f"{page.url}?before=6")


@state(whole=False)
def jump_to_new_text(stage):
    write(stage)
    page = stage.page
    page.evaluate("window.scrollTo({top: 0, behavior: 'instant'})")
    expect(page.locator("#jump.has-news")).to_be_visible()


@state(whole=False)
def code_wrapped(stage):
    page = stage.chat_about("[[script=document:0]] Tell me everything.")
    button = page.get_by_role("button", name="Wrap").nth(1)
    button.scroll_into_view_if_needed()
    button.click()


def write(stage):
    stage.new_chat()
    page = stage.say("[[script=document:5]] Tell me everything.")
    expect(page.locator("article[data-reply-id]").last.locator("table")).not_to_have_count(0)


@state(whole=False)
def versions(stage):
    page = stage.chat_about("Once more, please.")
    page.get_by_role("button", name="Write this reply anew").last.click()
    expect(page.locator(".variants")).to_be_visible()
    page.get_by_role("button", name="Good reply").last.click()
    expect(page.locator(".thumbs [aria-pressed=true]")).to_have_count(1)


@state(whole=False)
def editing(stage):
    page = stage.chat_about("Not quite what I meant.")
    page.locator(".edit summary").last.click()


@state(whole=False)
def flagged(stage):
    stage.new_chat()
    page = stage.say("Something ugly.")
    expect(page.locator(".flags")).to_be_visible()
    stage.ended()


@state(whole=False)
def renaming(stage):
    page = stage.chat()
    page.goto(page.url.partition("#")[0] + "#bench")
    page.locator(".tool summary").first.click()
