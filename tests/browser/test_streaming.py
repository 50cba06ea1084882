"""A reply while it is written: it grows in place, in every tab, and goes on when the line comes back."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LONG, Chat, open_chat
from tests.lab import free_port, wait_until
from tests.line import LineInThread

pytestmark = pytest.mark.browser


def test_nothing_jumps_while_a_reply_is_written_and_its_end_is_what_the_server_renders(chat, watch):
    watch.shifts.clear()
    chat.say("[[script=document:3]] All of it.").wait()
    assert watch.shifts == []
    streamed = chat.prose()
    chat.page.reload()
    assert chat.prose() == streamed


def test_a_second_tab_follows_the_same_reply(chat, context):
    chat.say(LONG).grown_to(100)
    second = context.new_page()
    second.goto(chat.page.url)
    other = Chat(second)
    other.grown_to(300)
    chat.page.bring_to_front()  # a page that nobody sees draws nothing, and a click waits for that
    chat.stop()
    chat.wait("stopped")
    other.wait("stopped")
    assert other.prose() == chat.prose()


def test_a_lost_line_is_told_and_the_reply_goes_on_from_where_it_was(page, lab, watch, assistant, upstream):
    watch.expected += ["net::ERR_", "htmx:sse:error", "Failed to fetch"]
    watch.hosts.append(f"http://127.0.0.1:{(port := free_port())}")
    with LineInThread(port, lab.port) as line:
        chat = open_chat(page, lab.url, f"http://127.0.0.1:{port}", assistant)
        chat.say(LONG).grown_to(200)
        line.cut()
        expect(chat.reply.get_by_text("Connection lost")).to_be_visible()
        before = chat.words()
        page.wait_for_timeout(1500)
        line.mend()
        assert chat.grown_to(len(before) + 500).startswith(before)
        expect(chat.reply.get_by_text("Connection lost")).to_be_hidden()
        chat.stop()
        chat.wait("stopped")
        assert upstream.sent[-1]["text"].startswith(chat.transcript()[-1]["text"])
        streamed = chat.prose()
        page.reload()
        assert chat.prose() == streamed


def test_a_page_whose_stream_could_not_be_opened_opens_it_later(chat, watch):
    """The stream extension never repeats a first request that failed: our script does."""
    watch.expected += ["net::ERR_", "Failed to fetch"]
    chat.page.route("**/stream/", lambda route: route.abort())
    chat.say("[[script=slow:20:30]] Again")
    chat.page.wait_for_timeout(1500)
    chat.page.unroute("**/stream/")
    chat.wait()
    assert "k0029" in chat.words()


def test_the_stream_is_one_connection_and_closed_at_the_end(chat, watch):
    chat.say("[[script=slow:20:30]] Again").wait()
    chat.page.wait_for_timeout(1500)  # time enough for a reconnect
    reply = chat.reply.get_attribute("data-reply-id")
    assert sum(f"{reply}/stream/" in url for url in watch.requests) == 1


def test_the_page_follows_the_end_unless_one_has_scrolled_up_to_read(chat):
    page = chat.page
    chat.say(LONG).grown_to(2000)
    gap = "document.documentElement.scrollHeight - innerHeight - scrollY"
    assert page.evaluate(gap) < 100
    page.mouse.move(400, 300)
    page.mouse.wheel(0, -600)
    page.wait_for_timeout(400)
    place = page.evaluate("scrollY")
    chat.grown_to(3000)
    assert page.evaluate("scrollY") == place
    page.get_by_role("button", name="Jump to latest").click()
    wait_until(lambda: page.evaluate(gap) < 100, 20, "it does not jump")
    chat.stop()
    chat.wait("stopped")


def test_a_reply_that_is_stopped_says_so_and_is_kept(chat, upstream):
    chat.say(LONG).grown_to(200)
    chat.stop()
    chat.wait("stopped")
    expect(chat.reply.get_by_text("Stopped by you")).to_be_visible()
    assert upstream.sent[-1]["text"].startswith(chat.transcript()[-1]["text"])


def test_how_a_reply_ended_is_announced(chat):
    chat.say("[[script=slow:20:30]] Again").wait()
    expect(chat.page.locator("#announcer")).to_have_text(re.compile("has replied"))


HOSTILE = """
<script>document.title = "gone"</script> <img src=x onerror="document.title='gone'"> <svg onload=alert(1)>
[x](javascript:alert(1)) ![](https://evil.example/?q=1) <form action=https://evil.example>
<input name=csrf hx-get=/ hx-trigger=load>
</textarea></div></article><base href=https://evil.example> <iframe srcdoc="<script>alert(1)</script>"></iframe>
<style>@import url(https://evil.example/x.css)</style><hx-partial hx-target="body" hx-swap="innerHTML">gone</hx-partial>
<p id="text" hx-get="/" hx-trigger="load" hx-sse:connect="/">x</p>
"""


def test_what_a_visitor_and_a_model_write_is_text_and_asks_nobody(chat, watch):
    """The upstream says it all back, so it comes as a message, as a stream, as its end and after a reload."""
    page = chat.page
    asked = len(watch.requests)
    chat.say(HOSTILE).wait()
    assert page.title().endswith(" · GPT Lab")  # the chat's own, which quotes the message as text, or its assistant's
    assert page.locator("#turns :is(script, img[src=x], iframe, form[action*=evil], style, base)").count() == 0
    assert page.locator(".prose [hx-get], .prose [id]:not([id^=reply-]), .prose hx-partial").count() == 0
    assert all("/chats/" in url or "/static/" in url for url in watch.requests[asked:])
    streamed = chat.prose()
    page.reload()
    assert chat.prose() == streamed
    assert page.title().endswith(" · GPT Lab")  # the chat's own, which quotes the message as text, or its assistant's


def test_a_retry_after_a_failure_reuses_the_message(chat):
    chat.say("[[script=flaky:3:503]] Once more").wait("failed")
    expect(chat.reply.get_by_text("Your message is kept")).to_be_visible()
    chat.page.get_by_role("button", name="Try again").click()
    chat.wait("done")
    assert "Once more" in chat.words()
    assert chat.page.locator(".turn-user").count() == 1
    assert [message["role"] for message in chat.transcript()] == ["assistant", "user", "assistant"]


def test_what_arrived_before_the_line_broke_is_kept_beside_the_retry(chat):
    chat.say("[[script=cut_after:40]] Cut").wait("interrupted")
    assert "k0039" in chat.words()
    expect(chat.page.get_by_role("button", name="Try again")).to_be_visible()
    assert chat.transcript()[-1]["text"].startswith("k0000 k0001")
