"""What one does with turns: copy them, wrap their code, see when they were."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Chat

pytestmark = pytest.mark.browser

DOCUMENT = "[[script=document:0]] All of it."
_PASTED = "() => navigator.clipboard.readText()"
_WIDE = "pre => pre.scrollWidth > pre.clientWidth"


@pytest.fixture
def document(chat, context):
    """A chat whose last reply has everything in it."""
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    chat.say(DOCUMENT).wait()
    return chat


def test_words_reply_and_code_are_copied_as_they_were_written(document, watch):
    page, said = document.page, document.transcript()
    page.get_by_role("button", name="Copy reply").last.click()
    expect(page.locator("#toasts")).to_contain_text("Copied")
    assert page.evaluate(_PASTED) == said[-1]["text"]
    page.get_by_role("button", name="Copy message").last.click()
    wait_for_clipboard(page, DOCUMENT)
    figure = document.reply.locator("figure").first
    figure.get_by_role("button", name="Copy").click()
    wait_for_clipboard(page, figure.locator("pre").inner_text())


def wait_for_clipboard(page, text):
    for _ in range(50):
        if page.evaluate(_PASTED) == text:
            return
        page.wait_for_timeout(50)
    assert page.evaluate(_PASTED) == text


def test_what_the_browser_refuses_to_copy_is_copied_otherwise_or_said(document):
    page = document.page
    copy = page.get_by_role("button", name="Copy message").last
    page.evaluate("() => void (navigator.clipboard.write = () => Promise.reject(new DOMException('no', 'NotAllowedError')))")
    copy.click()
    wait_for_clipboard(page, DOCUMENT)
    expect(page.locator("#toasts")).to_contain_text("Copied")
    page.evaluate("() => void (document.execCommand = () => false)")
    copy.click()
    expect(page.locator("#toasts")).to_contain_text("copy it yourself")


def test_a_reply_that_can_not_be_fetched_is_copied_as_it_is_shown(document, watch):
    watch.expected += ["ERR_FAILED", "Failed to fetch"]
    document.page.route("**/text/", lambda route: route.abort())
    document.page.get_by_role("button", name="Copy reply").last.click()
    expect(document.page.locator("#toasts")).to_contain_text("Copied")
    assert document.page.evaluate(_PASTED).startswith(document.words()[:50])


def test_long_lines_of_code_wrap_and_the_button_stays_under_the_pointer(document):
    page, figures = document.page, document.reply.locator("figure")
    wide = next(at for at in range(figures.count()) if figures.nth(at).locator("pre").evaluate(_WIDE))
    figure = figures.nth(wide)
    button = figure.get_by_role("button", name="Wrap")
    button.scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    place = button.bounding_box()["y"]
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    assert not figure.locator("pre").evaluate(_WIDE)
    page.wait_for_timeout(200)
    assert abs(button.bounding_box()["y"] - place) < 1
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    assert figure.locator("pre").evaluate(_WIDE)


def test_code_that_was_wrapped_while_it_was_written_stays_so_at_the_end(chat):
    chat.say("[[script=document:3]] All of it.")
    figure = chat.reply.locator("figure").first
    figure.get_by_role("button", name="Wrap").click()
    expect(chat.reply).to_have_attribute("data-state", re.compile("pending|running"))
    chat.wait()
    expect(chat.reply.locator("figure").first.get_by_role("button", name="Wrap")).to_have_attribute("aria-pressed", "true")
    assert chat.reply.locator("figure.is-wrapped").count() == 1


def test_times_are_told_in_the_readers_zone(chat, browser, lab):
    elsewhere = browser.new_context(base_url=lab.url, timezone_id="Asia/Tokyo", locale="en-GB")
    elsewhere.add_cookies(chat.page.context.cookies())
    page = elsewhere.new_page()
    page.goto(chat.page.url)
    time = page.locator("article time").last
    there = datetime.fromisoformat(time.get_attribute("datetime")).astimezone(ZoneInfo("Asia/Tokyo"))
    expect(time).to_have_text(f"{there:%H:%M}")
    expect(page.locator(".day time").first).to_have_text(re.compile(rf"^{there:%A},? {there.day} {there:%B} {there:%Y}$"))
    Chat(page).say("And what comes later?").wait()
    expect(page.locator("time[data-show]")).to_have_count(0)
    elsewhere.close()
