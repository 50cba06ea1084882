"""The whole way of a first visitor, in a real browser: in without a key, a long talk with many reloads, and out again."""

import random
import re
import time

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PAULA, Chat

pytestmark = pytest.mark.browser

RELOADS = 20


def test_a_first_visit_from_the_front_page_to_signing_out(page, watch, demo, assistant):
    page.goto("/")
    page.get_by_role("button", name="Try it without a key").first.click()
    expect(page).to_have_url(re.compile("/lounge/"))
    expect(page.get_by_text("This is your own key")).to_be_visible()
    page.get_by_role("button", name=f"Chat with {PAULA}").click()
    chat = Chat(page).wait()

    chat.say("Write something long, please.")
    short = chat.grown_to(20)
    assert letters(chat.grown_to(len(short) + 100)).startswith(letters(short))
    dice = random.Random(2)
    for _ in range(RELOADS):
        page.wait_for_timeout(dice.uniform(20, 300))
        expect(chat.reply).to_have_attribute("data-state", re.compile("pending|running"))
        page.reload()
    chat.wait("done", seconds=60)
    sent = demo.last()
    assert sent["finished"]
    assert len(sent["text"]) > 10_500
    assert chat.transcript()[-1]["text"].encode() == sent["text"].encode()
    streamed = chat.prose()
    page.reload()
    assert chat.prose() == streamed

    chat.say("Another long one.")
    chat.grown_to(200)
    clicked = time.monotonic()
    chat.stop()
    while not demo.last()["aborted"]:
        assert time.monotonic() - clicked < 10, "the upstream goes on writing"
    chat.wait("stopped")
    kept, sent = chat.transcript()[-1]["text"], demo.last()["text"]
    assert len(kept) >= 200
    assert sent.startswith(kept)

    page.locator(".seal summary").first.click()
    watch.expected.append("/title/?try=")  # the page may ask for the title while it is being left
    page.get_by_role("button", name="Sign out").first.click()
    expect(page.get_by_role("button", name="Try it without a key").first).to_be_visible()
    page.go_back()
    page.wait_for_load_state()
    assert page.locator("article[data-reply-id]").count() == 0
    assert "Write something long" not in page.content()


def letters(text):
    return "".join(text.split())
