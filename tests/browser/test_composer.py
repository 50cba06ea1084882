"""The field in which one writes: what sends, what does not, and that nothing written is ever lost."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LONG

pytestmark = pytest.mark.browser


def sayings(watch):
    return [url for url in watch.requests if url.endswith("/say/")]


def test_enter_sends_and_shift_enter_breaks_the_line(chat):
    chat.field.press_sequentially("first")
    chat.field.press("Shift+Enter")
    chat.field.press_sequentially("second")
    with chat.answered():
        chat.field.press("Enter")
    assert chat.transcript()[1]["text"] == "first\nsecond"
    expect(chat.field).to_have_value("")


@pytest.mark.parametrize("text", ["", "   ", "\n\n"])
def test_an_empty_message_is_refused_on_the_spot(chat, watch, text):
    chat.field.fill(text)
    chat.field.press("Enter")
    expect(chat.page.get_by_text("Write something first.")).to_be_visible()
    chat.field.press_sequentially("x")
    expect(chat.page.get_by_text("Write something first.")).to_be_hidden()
    assert sayings(watch) == []


def test_a_message_that_only_looks_empty_is_refused_by_the_server_and_kept(chat, watch):
    watch.expected.append("422")
    chat.field.fill("\u2800\u3164")
    chat.field.press("Enter")
    expect(chat.page.locator("#notice")).to_contain_text("nothing in the message")
    expect(chat.field).to_have_value("\u2800\u3164")


def test_what_is_typed_while_a_reply_streams_stays_and_is_sent_after_it(chat, watch):
    chat.say(LONG).grown_to(50)
    chat.field.press_sequentially("meanwhile")
    chat.field.press("Enter")
    chat.grown_to(400)
    expect(chat.field).to_have_value("meanwhile")
    assert len(sayings(watch)) == 1
    chat.stop()
    chat.wait("stopped")
    expect(chat.field).to_have_value("meanwhile")
    with chat.answered():
        chat.field.press("Enter")
    assert chat.transcript()[3]["text"] == "meanwhile"


def test_a_draft_is_there_again_after_a_reload(chat):
    chat.field.press_sequentially("half a thou")
    chat.page.reload()
    expect(chat.field).to_have_value("half a thou")


def test_a_page_that_is_out_of_date_says_so_and_keeps_the_draft(chat, context, watch):
    watch.expected.append("403")
    chat.field.press_sequentially("still here")
    context.clear_cookies(name="csrf")
    chat.field.press("Enter")
    expect(chat.page.locator("#notice")).to_contain_text("out of date")
    expect(chat.page.locator("#notice")).to_contain_text("What you wrote is kept here.")
    expect(chat.field).to_have_value("still here")
    assert chat.page.locator("#turns html, #turns .empty").count() == 0


def test_a_server_that_can_not_be_reached_keeps_the_draft(chat, context, watch):
    watch.expected += ["ERR_INTERNET_DISCONNECTED", "Failed to fetch"]
    context.set_offline(True)
    chat.field.fill("on the train")
    chat.field.press("Enter")
    expect(chat.page.locator("#notice")).to_contain_text("can’t be reached")
    expect(chat.field).to_have_value("on the train")
    context.set_offline(False)
    with chat.answered():
        chat.field.press("Enter")
    assert chat.transcript()[1]["text"] == "on the train"


def test_two_quick_enters_are_one_message(chat, watch):
    chat.field.fill("only once")
    with chat.answered():
        chat.field.press("Enter")
        chat.field.press("Enter")
    chat.wait()
    assert [message["text"] for message in chat.transcript() if message["role"] == "user"] == ["only once"]


def test_signing_out_erases_drafts(chat):
    page = chat.page
    chat.field.press_sequentially("nobody else's business")
    page.locator(".seal summary").first.click()
    page.get_by_role("button", name="Sign out").first.click()
    expect(page.get_by_role("button", name="Try it without a key").first).to_be_visible()
    assert "nobody" not in page.evaluate("JSON.stringify([{...sessionStorage}, {...localStorage}])")


def test_signing_out_in_one_tab_shows_no_chat_in_the_other(chat, context):
    second = context.new_page()
    second.goto(chat.page.url)
    expect(second.locator("article[data-reply-id]").last).to_be_visible()
    chat.page.locator(".seal summary").first.click()
    chat.page.get_by_role("button", name="Sign out").first.click()
    expect(second.locator("article[data-reply-id]")).to_have_count(0)
