"""Replies that end badly, one after the other in one chat: the words, and the way out that is pressed."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import open_chat
from tests.damage import spoil_prompt, spoil_texts
from tests.lab import wait_until

pytestmark = pytest.mark.browser

TROUBLES = [
    ("invalid_key", "failed", "OpenAI no longer accepts this key."),
    ("quota", "failed", "Your OpenAI balance is used up."),
    ("rate_limited", "failed", "OpenAI asks us to slow down."),
    ("context_too_long", "failed", "This chat is too long for"),
    ("content_filter", "failed", "The content filter of OpenAI refused this message."),
    ("status:408", "failed", "OpenAI did not answer in time."),
    ("status:500", "failed", "OpenAI had a fault of its own."),
    ("say:0", "failed", "OpenAI sent a reply without a word."),
    ("cut_after:20", "interrupted", "The line to OpenAI broke."),
]


def end(chat, script, state):
    chat.say(f"[[script={script}]] Please")
    chat.wait(state)


def test_each_trouble_says_what_happened_live_and_after_a_reload(chat):
    for script, state, words in TROUBLES:
        end(chat, script, state)
        expect(chat.reply.locator(".banner")).to_contain_text(words)
        expect(chat.page.locator("#announcer")).to_contain_text(words)
    chat.page.reload()
    for (_script, _state, words), banner in zip(TROUBLES, chat.page.locator("#turns .banner").all(), strict=True):
        expect(banner).to_contain_text(words)


def test_a_trouble_that_is_over_before_the_message_is_answered_is_announced_too(chat, context):
    """Its answer brings the ended reply, and no stream."""

    def late(route):
        answer = route.fetch()
        wait_until(lambda: chat.transcript()[-1]["state"] == "failed", 20, "the reply never fails")
        ended = reply_in(context.request.get(chat.page.url).text())
        route.fulfill(response=answer, body=answer.text().replace(reply_in(answer.text()), ended))

    chat.page.route("**/say/", late)
    chat.say("[[script=quota]] Please")
    expect(chat.page.locator("#announcer")).to_contain_text("Your OpenAI balance is used up.")
    assert "/stream/" not in chat.reply.evaluate("article => article.outerHTML")


def reply_in(html):
    return re.findall(r"<article(?=[^>]*data-reply-id).*?</article>", html, re.DOTALL)[-1]


def test_only_the_last_trouble_has_a_way_out(chat):
    end(chat, "status:500", "failed")
    expect(chat.page.get_by_role("button", name="Try again")).to_have_count(1)
    end(chat, "quota", "failed")
    expect(chat.page.get_by_role("button", name="Try again")).to_have_count(1)
    expect(chat.reply.get_by_role("button", name="Try again")).to_be_visible()


def test_trying_again_puts_the_new_reply_in_the_place_of_the_old(chat):
    end(chat, "flaky:3:503", "failed")
    count = chat.page.locator("article[data-reply-id]").count()
    chat.reply.get_by_role("button", name="Try again").click()
    chat.wait("done")
    expect(chat.page.locator("article[data-reply-id]")).to_have_count(count)


def test_a_wait_is_counted_down_on_the_button(chat, watch):
    end(chat, "rate_limited:65", "failed")
    button = chat.reply.get_by_role("button", name="Try again in")
    expect(button).to_be_disabled()
    expect(chat.reply.locator(".when")).to_have_count(0)
    first = button.inner_text()
    expect(button).not_to_have_text(first, timeout=3_000)


def test_a_button_that_has_waited_is_what_it_was(chat):
    chat.page.evaluate(
        """() => {
          document.getElementById("notice").innerHTML = '<button data-wait="1" data-waiting="In # s">Again</button>';
          document.dispatchEvent(new Event("htmx:after:swap"));
        }"""
    )
    expect(chat.page.get_by_role("button", name="In 1 s")).to_be_disabled()
    expect(chat.page.get_by_role("button", name="Again")).to_be_enabled()


def test_another_model_is_chosen_in_place_and_kept(chat):
    end(chat, "model_not_found", "failed")
    chat.reply.get_by_label("Model for this chat").select_option("gpt-6-luna")
    chat.reply.get_by_role("button", name="Use it and try again").click()
    expect(chat.reply.locator(".banner")).to_contain_text("Your key may not use gpt-6-luna.")
    assert "gpt-6-luna" not in chat.reply.locator("select").inner_text()
    expect(chat.page.locator(".chat-head")).to_contain_text("gpt-6-luna")
    chat.say("[[script=say:3]] And now").wait()
    chat.page.reload()
    expect(chat.page.locator(".chat-head")).to_contain_text("gpt-6-luna")


def test_what_does_not_open_is_said_in_its_place_and_an_assistant_without_its_prompt_leads_elsewhere(page, lab):
    code = lab.make_assistant(name="Muddled Mo")
    chat = open_chat(page, lab.url, lab.url, code)
    chat.say("Remember this.").wait()
    spoil_texts(lab, page.url.split("/")[4])
    page.reload()
    expect(page.locator(".turn-user")).to_contain_text("Your message here is damaged and can’t be opened.")
    expect(chat.reply).to_contain_text("This reply is damaged and can’t be opened.")
    expect(page.get_by_role("article", name="Muddled Mo").first).to_contain_text("You said:")  # the rest of the chat is fine
    spoil_prompt(lab, code)
    end(chat, "say:3", "failed")
    expect(chat.reply.locator(".banner")).to_contain_text("This assistant is not properly set up.")
    expect(chat.reply.get_by_role("button", name="Try again")).to_have_count(0)
    chat.reply.get_by_role("link", name="Go to the Lounge").click()
    expect(page).to_have_title("Lounge · GPT Lab")
