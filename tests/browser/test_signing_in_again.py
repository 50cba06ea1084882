"""A visit that ends while one writes: signed in again on the spot, and the page goes on with what was written."""

import uuid

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LONG, open_chat

pytestmark = pytest.mark.browser

KEY = "sk-again-0123456789abcdef0123456789abcdef"
DRAFT = "written for a long time"


@pytest.fixture
def chat(page, lab, assistant):
    """Of a visitor whose key we know, about to send; the visit has ended."""
    opened = open_chat(page, lab.url, lab.url, assistant, key=KEY)
    opened.field.fill(DRAFT)
    return opened


@pytest.fixture
def ended(chat, context, watch):
    watch.expected += ["401", "422"]
    context.clear_cookies(name="visit")
    chat.field.press("Enter")
    expect(chat.page.locator("#notice")).to_contain_text("Your visit has ended")
    return chat


def sign_in(page, key):
    page.get_by_label("API key").fill(key)
    page.get_by_role("button", name="Sign in again").click()


def sayings(watch):
    return [url for url in watch.requests if url.endswith("/say/")]


def test_the_page_goes_on_with_the_draft_and_sends_nothing_by_itself(ended, watch):
    page, address = ended.page, ended.page.url
    expect(page.get_by_label("API key")).to_be_focused()
    expect(page.locator("#notice")).to_contain_text("What you wrote is kept; nothing is sent by itself.")
    expect(ended.field).to_have_value(DRAFT)
    sign_in(page, KEY)
    expect(page.locator("#toasts")).to_contain_text("You are back")
    expect(page).to_have_url(address)
    expect(ended.field).to_have_value(DRAFT)
    assert len(sayings(watch)) == 1
    with ended.answered():
        ended.field.press("Enter")
    assert ended.transcript()[1]["text"] == DRAFT


def test_a_slip_in_the_key_is_said_there_and_the_draft_stays(ended):
    sign_in(ended.page, "Bearer nonsense")
    expect(ended.page.locator("#again-error")).to_be_visible()
    expect(ended.page.get_by_label("API key")).to_be_focused()
    expect(ended.field).to_have_value(DRAFT)
    sign_in(ended.page, KEY)
    expect(ended.page.locator("#toasts")).to_contain_text("You are back")


def test_another_account_sees_neither_the_chat_nor_the_draft(ended, watch):
    watch.expected.append("404")
    page, address = ended.page, ended.page.url
    sign_in(page, f"sk-other-{uuid.uuid4().hex}")
    expect(page.locator("#notice")).to_contain_text("another account")
    assert "/lounge/" in page.url
    assert DRAFT not in page.evaluate("JSON.stringify([{...sessionStorage}, {...localStorage}])")
    page.go_back()
    page.wait_for_load_state()
    expect(page.locator("article[data-reply-id]")).to_have_count(0)
    page.goto(address)
    expect(page.get_by_role("heading", name="Page not found")).to_be_visible()


def test_another_field_is_kept_until_it_is_sent(chat, context, watch):
    """The edited message, after signing in on the spot; the name of the chat, which was not sent yet, as well."""
    watch.expected.append("401")
    chat.say("[[script=slow:1:5]] First words").wait()
    page = chat.page
    page.get_by_text("Rename", exact=True).click()
    page.get_by_label("Name of this chat").fill("Long thought of")
    page.get_by_text("Edit", exact=True).last.click()
    edited = page.get_by_label("The same in other words").last
    edited.fill("[[script=slow:1:5]] Better words")
    context.clear_cookies(name="visit")
    page.get_by_role("button", name="Send again").last.click()
    sign_in(page, KEY)
    expect(page.locator("#toasts")).to_contain_text("You are back")
    expect(edited).to_be_visible()
    expect(edited).to_have_value("[[script=slow:1:5]] Better words")
    expect(page.get_by_label("Name of this chat")).to_have_value("Long thought of")
    page.get_by_role("button", name="Send again").last.click()
    expect(page.locator("#turns .bubble", has_text="Better words").last).to_be_visible()
    kept = page.evaluate("Object.entries(sessionStorage).filter(([key]) => /-(edit|title)/.test(key)).map(([, text]) => text)")
    assert kept == ["Long thought of"]


def test_the_lounge_says_that_the_visit_has_ended_and_counts_no_new_time(chat, context, watch):
    watch.expected.append("401")
    page = chat.page
    page.goto("/lounge/")
    page.get_by_role("link", name="Community").click()
    expect(page).to_have_title("Lounge: Community · GPT Lab")
    context.clear_cookies(name="visit")
    page.get_by_role("link", name="Mine").click()
    expect(page.locator("#notice")).to_contain_text("Your visit has ended")
    expect(page.locator("#notice")).not_to_contain_text("What you wrote is kept")  # nothing of this page is
    expect(page.locator("[data-minutes-left]")).to_have_text("0")
    expect(page.get_by_role("link", name="Mine")).to_be_visible()
    page.go_back()
    expect(page.locator(".front-top")).to_be_visible()


def test_a_reply_is_tried_again_after_signing_in_on_the_spot(chat, context, watch):
    watch.expected.append("401")
    chat.say("[[script=flaky:3:503]] Please").wait("failed")
    context.clear_cookies(name="visit")
    chat.reply.get_by_role("button", name="Try again").click()
    sign_in(chat.page, KEY)
    expect(chat.page.locator("#toasts")).to_contain_text("You are back")
    chat.reply.get_by_role("button", name="Try again").click()
    chat.wait("done")


def test_a_stream_that_hears_of_the_end_offers_it_too(chat, context, watch):
    watch.expected.append("401")
    chat.say(LONG).grown_to(50)
    chat.field.fill(DRAFT)
    token = next(cookie["value"] for cookie in context.cookies() if cookie["name"] == "csrf")
    chat.page.request.post("/sign-out/", headers={"X-CSRFToken": token})
    chat.page.get_by_role("link", name="Sign in again").click(timeout=20_000)
    sign_in(chat.page, KEY)
    expect(chat.page.locator("#toasts")).to_contain_text("You are back")
    expect(chat.field).to_have_value(DRAFT)
    chat.stop()
    chat.wait("stopped")


def test_without_a_script_the_form_is_on_the_page_of_the_refusal(browser, lab, assistant):
    with browser.new_context(java_script_enabled=False) as context:
        opened = open_chat(context.new_page(), lab.url, lab.url, assistant, key=KEY)
        page, address = opened.page, opened.page.url
        opened.field.fill(DRAFT)
        context.clear_cookies(name="visit")
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_role("heading", name="Your visit has ended")).to_be_visible()
        expect(page.get_by_label("What you wrote")).to_have_value(DRAFT)
        page.get_by_label("Provider").select_option("openai")
        page.get_by_label("API key").fill(KEY)
        page.get_by_role("button", name="Enter the lab").click()
        expect(page).to_have_url(address)
