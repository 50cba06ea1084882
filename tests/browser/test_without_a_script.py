"""Plain pages: without JavaScript everything on the main way works, only less quickly."""

import uuid

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LONG, PAULA

pytestmark = pytest.mark.browser


@pytest.fixture
def plain(browser, lab, assistant):
    """A page of a browser without JavaScript, in a chat whose opening has come."""
    context = browser.new_context(base_url=lab.url, java_script_enabled=False)
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.goto("/")
    page.get_by_label("Provider").select_option("openai")
    page.get_by_label("API key").fill(f"sk-plain-{uuid.uuid4().hex}")
    page.get_by_role("button", name="Enter the lab").click()
    page.get_by_role("button", name=f"Chat with {PAULA}").click()
    finish(page)
    yield page
    context.close()


def replies(page):
    return page.locator("article[data-reply-id]")


def finish(page, state="done"):
    """The page comes again by itself until the reply is there."""
    expect(replies(page).last).to_have_attribute("data-state", state, timeout=30_000)


def test_a_message_goes_and_the_finished_reply_shows_after_a_refresh(plain):
    plain.get_by_label("Your message", exact=True).fill("[[script=slow:20:30]] Some")
    plain.get_by_role("button", name="Send").click()
    expect(plain.locator(".turn-user").last).to_contain_text("[[script=slow:20:30]] Some")
    finish(plain)
    assert replies(plain).count() == 2
    expect(replies(plain).last).to_contain_text("k0029")


def test_a_reply_can_be_stopped(plain):
    plain.get_by_label("Your message", exact=True).fill(LONG)
    plain.get_by_role("button", name="Send").click()
    plain.get_by_role("button", name="Stop").click()
    finish(plain, "stopped")


def test_a_refused_message_comes_back_with_the_reason(plain):
    plain.get_by_label("Your message", exact=True).fill("\u2800 \u3164")
    plain.get_by_role("button", name="Send").click()
    expect(plain.get_by_text("There is nothing in the message yet")).to_be_visible()
    expect(plain.get_by_label("Your message", exact=True)).to_have_value("\u2800 \u3164")


def test_one_signs_out_and_back_shows_no_chat(plain):
    plain.locator(".seal summary").first.click()
    plain.get_by_role("button", name="Sign out").first.click()
    expect(plain.get_by_role("button", name="Try it without a key").first).to_be_visible()
    plain.go_back()
    expect(replies(plain)).to_have_count(0)
