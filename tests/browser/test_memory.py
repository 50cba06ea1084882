"""A chat that outgrows the model's memory, as its visitor sees it: the line, the notes, the gauge."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Chat
from tests.browser.stage import TINY
from tests.http_visitor import HttpVisitor
from tests.lab import wait_until

pytestmark = pytest.mark.browser

LINE = "Earlier messages are summarised for the model"
LONG_WORDS = "Why does ice float on water, and what if it sank? " * 12


@pytest.fixture(scope="module")
def coach(lab):
    """Forgets soon; its notes are k0000 to k0011."""
    version = {"model": TINY, "max_tokens": 300, "summary_prompt": "[[script=say:12]]"}
    return lab.make_assistant(name="Coach", session_type="coaching", version=version)


@pytest.fixture
def visitor(lab, coach):
    """In a chat that one more message makes too long."""
    visitor = HttpVisitor(lab.url)
    visitor.sign_in(provider="openai", api_key="sk-browser-memory-0123456789abcdef")
    visitor.start(coach)
    visitor.wait_for_end("done")
    for number in range(3):
        visitor.say(f"{number}: {LONG_WORDS}")
        visitor.wait_for_end("done")
    return visitor


def opened(page, visitor, lab):
    cookies = visitor.http.cookies.items()
    page.context.add_cookies([{"name": name, "value": value, "url": lab.url} for name, value in cookies])
    page.goto(f"/chats/{visitor.session}/")
    return Chat(page)


def percent(page):
    return int(re.search(r"\d+", page.locator("#memory-foot").inner_text())[0])


def test_the_line_comes_by_itself_after_a_reply_opens_can_be_edited_and_undone(page, visitor, lab):
    chat = opened(page, visitor, lab)
    expect(page.locator("#condensed")).to_have_count(0)
    before = percent(page)
    chat.say(LONG_WORDS).wait()
    line = page.get_by_text(LINE)
    expect(line).to_be_visible(timeout=15_000)
    assert percent(page) < before
    above = page.locator("#condensed + #turn-3")
    expect(above).to_contain_text("2: Why does ice float")

    line.click()
    expect(page.locator(".notes")).to_contain_text("k0000 k0001")
    page.get_by_text("Edit notes").click()
    page.get_by_label("Coach is told of the earlier turns").fill("They ask about ice.")
    page.get_by_role("button", name="Save the notes").click()
    expect(page.get_by_text("edited by you")).to_be_visible()
    expect(page.locator("#condensed summary").first).to_be_focused()

    page.get_by_role("button", name="Use the full turns again").click()
    expect(page.get_by_text("The notes on earlier messages are set aside")).to_be_visible()
    full = percent(page)
    page.get_by_role("button", name="Use the notes again").click()
    expect(line).to_be_visible()
    assert percent(page) < full
    page.reload()
    line.click()
    expect(page.locator(".notes")).to_contain_text("They ask about ice.")


def test_who_is_editing_keeps_the_words_when_a_reply_ends_and_the_page_is_loaded_again(page, visitor, lab):
    chat = opened(page, visitor, lab)
    chat.say(LONG_WORDS).wait()
    page.get_by_text(LINE).click(timeout=15_000)
    page.get_by_text("Edit notes").click()
    field = page.get_by_label("Coach is told of the earlier turns")
    field.fill("Half a")
    chat.say("Go on.").wait()
    page.wait_for_timeout(500)  # the memory is fetched now
    expect(field).to_have_value("Half a")
    page.reload()
    expect(field).to_be_visible()
    expect(field).to_have_value("Half a")


def test_without_a_script_the_notes_are_read_edited_and_set_aside(browser, visitor, lab):
    visitor.say(LONG_WORDS)
    visitor.wait_for_end("done")
    context = browser.new_context(base_url=lab.url, java_script_enabled=False)
    page = context.new_page()
    opened(page, visitor, lab)
    wait_until(lambda: page.get_by_text(LINE).count() or not page.reload(), 20, "nothing is condensed")
    page.get_by_text(LINE).click()
    page.get_by_text("Edit notes").click()
    page.get_by_label("Coach is told of the earlier turns").fill(" ")
    page.get_by_role("button", name="Save the notes").click()
    expect(page.get_by_text("Notes need a word")).to_be_visible()
    page.get_by_label("Coach is told of the earlier turns").fill("They ask about ice.")
    page.get_by_role("button", name="Save the notes").click()
    page.get_by_text(LINE).click()
    expect(page.locator(".notes p").first).to_have_text("They ask about ice.")
    page.get_by_role("button", name="Use the full turns again").click()
    expect(page.get_by_text("The notes on earlier messages are set aside")).to_be_visible()
    context.close()
