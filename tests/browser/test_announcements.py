"""In a browser: news put away stay away, read only keeps what was typed, and a long page leads into itself."""

import re

import pytest
from playwright.sync_api import expect

from tests.announce import announced
from tests.browser.conftest import Chat

pytestmark = pytest.mark.browser


def test_news_are_put_away_without_a_reload_and_stay_away(chat, lab):
    page = chat.page
    with announced(lab, "**News** of the day."):
        page.goto("/lounge/")
        page.evaluate("window.isTheSamePage = true")
        page.get_by_role("complementary", name="Announcements").get_by_role("button", name="Dismiss").click()
        expect(page.get_by_text("of the day.")).to_have_count(0)
        assert page.evaluate("window.isTheSamePage")
        page.goto("/chats/")
        expect(page.get_by_text("of the day.")).to_have_count(0)


def test_what_is_typed_while_it_becomes_read_only_is_sent_afterwards(chat, lab, watch):
    watch.expected.append("503")
    chat.field.fill("Still here?")
    with announced(lab, "We move.", is_read_only=True, minutes=20):
        chat.field.press("Enter")
        notice = chat.page.locator("#notice .banner")
        expect(notice).to_contain_text("Not sent. This lab can only be read for now.")
        expect(notice).to_contain_text("You can go on in 20 min.")
        expect(chat.field).to_have_value("Still here?")
        chat.page.reload()
        expect(chat.page.locator(".closed .banner")).to_contain_text("You can go on in 20 min.")
        expect(chat.field).to_have_value("Still here?")
    with chat.answered():
        chat.field.press("Enter")
    chat.wait()


def test_a_reply_that_is_being_written_is_finished(chat, lab):
    chat.say("[[script=slow:60:150]] Slowly, please.")
    chat.grown_to(5)
    with announced(lab, "We move.", is_read_only=True):
        expect(chat.reply).to_have_attribute("data-state", re.compile("pending|running"), timeout=1)
        Chat(chat.page).wait("done")


@pytest.mark.parametrize(("width", "link"), [(1440, "What does it cost?"), (390, "Your key and its cost")])
def test_the_contents_lead_to_the_answer(page, width, link):
    page.set_viewport_size({"width": width, "height": 844})
    page.goto("/faq/")
    page.get_by_role("navigation", name="On this page").get_by_role("link", name=link).click()
    expect(page.get_by_role("heading", name=link)).to_be_in_viewport()
    assert page.get_by_role("heading", name=link).bounding_box()["y"] < 200
