"""What one does with a chat in a browser: look through versions, edit, fork, conclude, take along, come back, find."""

import re
import uuid

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PAULA, Chat

pytestmark = pytest.mark.browser


def calm(page):
    """Nothing is being written."""
    expect(page.locator("#turns :is([data-state=running], [data-state=pending])")).to_have_count(0)


def regenerate(chat, turn):
    old = chat.page.locator(f"#answer-{turn} article").get_attribute("id")
    chat.page.locator(f"#answer-{turn}").get_by_role("button", name="Write this reply anew").click()
    expect(chat.page.locator(f"#{old}")).to_have_count(0)
    calm(chat.page)


def test_a_reply_is_written_anew_and_versions_are_looked_through_by_keyboard(chat):
    page = chat.page
    chat.say("[[script=say:3]] one").wait()
    regenerate(chat, 1)
    answer = page.locator("#answer-1")
    expect(answer.locator(".variants")).to_contain_text("2 of 2")
    answer.get_by_role("button", name="Version before").focus()
    page.keyboard.press("Enter")
    expect(answer.locator(".variants")).to_contain_text("1 of 2")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Version before"  # one presses on
    page.keyboard.press("Enter")
    expect(answer.locator(".variants")).to_contain_text("2 of 2")
    answer.get_by_role("button", name="Good reply").click()
    expect(answer.get_by_role("button", name="Good reply")).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(answer.locator(".variants")).to_contain_text("2 of 2")
    expect(answer.get_by_role("button", name="Good reply")).to_have_attribute("aria-pressed", "true")
    chat.say("two").wait()
    expect(answer.get_by_role("button", name="Write this reply anew")).to_be_hidden()  # it is not the last any more
    assert [message["variant"] for message in chat.transcript() if message["role"] == "assistant"] == [1, 2, 1]


def test_a_message_is_edited_and_sent_again(chat):
    page = chat.page
    chat.say("wrong words").wait()
    button = page.locator("#turn-1").get_by_text("Edit")
    place = button.bounding_box()
    button.click()
    field = page.get_by_label("The same in other words")
    expect(field).to_have_value("wrong words")
    expect(field).to_be_focused()
    assert button.bounding_box() == place
    field.fill("right words")
    page.get_by_role("button", name="Send again").click()
    expect(page.locator("#turn-1, #answer-1")).to_have_count(0)
    expect(page.locator("#turn-2 .bubble")).to_have_text("right words")
    chat.wait()
    expect(chat.reply).to_contain_text("You said: right words")
    page.reload()
    expect(page.locator("#turns")).not_to_contain_text("wrong words")
    assert [message["text"] for message in chat.transcript() if message["role"] == "user"] == ["right words"]


def test_a_chat_is_forked_from_a_reply_and_from_a_message(chat):
    page, first = chat.page, chat.page.url.partition("#")[0]
    chat.say("one").wait()
    chat.say("two").wait()
    page.locator("#answer-1").get_by_role("button", name="Fork the chat from here").click()
    expect(page).not_to_have_url(re.compile(re.escape(first)))
    expect(page.locator(".turn-user")).to_have_count(1)
    page.goto(first)
    page.locator("#turn-1").get_by_role("button", name="Fork the chat from this message").click()
    expect(page.get_by_label("The same in other words")).to_have_value("one")
    expect(page.get_by_label("The same in other words")).to_be_focused()
    page.get_by_label("The same in other words").fill("otherwise")
    page.get_by_role("button", name="Send again").click()
    expect(page.locator("article[data-reply-id]").last).to_contain_text("You said: otherwise")
    page.goto(first)
    expect(page.locator(".turn-user")).to_have_count(2)


def test_a_chat_is_concluded_rated_taken_along_and_resumed(chat):
    page = chat.page
    for word in ("one", "two", "three"):
        chat.say(word).wait()
    page.locator("#conclude").get_by_role("button", name="Conclude").click()
    recap = page.locator("#recap")
    expect(recap.locator(".prose")).to_contain_text("You said")
    expect(page.locator("#composer")).to_have_count(0)
    expect(page.get_by_role("region", name="What it used")).to_contain_text(re.compile(r"Sent\s+[1-9]\d* tokens"))
    recap.get_by_role("button", name="Yes").click()
    expect(recap.get_by_role("button", name="Yes")).to_have_attribute("aria-pressed", "true")
    for ending in ("Markdown", "CSV", "JSON"):
        with page.expect_download() as download:
            recap.get_by_role("link", name=ending).click()
        file = download.value.path()
        assert "three" in file.read_text()
    recap.get_by_role("button", name="Reopen this one").click()
    chat.say("four").wait()
    assert chat.transcript()[-1]["turn"] == 4
    page.goto("/chats/")
    page.get_by_text("Import a transcript…").click()
    page.get_by_label("A transcript that you downloaded").set_input_files(file)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("The chat is imported.")).to_be_visible()
    expect(page.locator(".turn-user .bubble")).to_have_text(["one", "two", "three"])
    expect(page.locator("#recap .prose")).to_contain_text("You said")


def test_an_old_chat_is_found_by_a_word_and_gone_on_with(chat):
    page, word = chat.page, f"needle{uuid.uuid4().hex[:8]}"
    chat.say(f"Keep the {word} in mind").wait()
    for _ in range(2):
        page.goto("/lounge/")
        page.get_by_role("button", name=f"Chat with {PAULA}").first.click()
        Chat(page).wait()
    page.get_by_role("link", name="Chats", exact=True).first.click()
    expect(page.locator(".row-link")).to_have_count(3)
    page.get_by_label("Find words").fill(word)
    page.get_by_label("Find words").press("Enter")
    expect(page.locator(".row-link")).to_have_count(1)
    expect(page.locator(".snippet mark").first).to_have_text(word)
    expect(page.get_by_text("1 chat has it. That was all.")).to_be_visible()
    page.locator(".row-link").click()
    expect(page.locator("#turn-1 .bubble")).to_be_in_viewport()
    page.goto(page.url.partition("?")[0])
    Chat(page).say("And on").wait()


def test_a_chat_gets_its_title_while_one_looks_and_another_by_hand(chat):
    page = chat.page
    chat.say("Why does ice float so well").wait()
    expect(page.locator("#chat-title")).to_have_text("On Why does ice float", timeout=15_000)
    expect(page).to_have_title("On Why does ice float · GPT Lab")
    page.get_by_text("Rename").click()
    field = page.get_by_label("Name of this chat")
    expect(field).to_have_value("On Why does ice float")
    field.fill("Ice")
    field.press("Enter")
    expect(page.locator("#chat-title")).to_have_text("Ice")
    expect(page).to_have_title("Ice · GPT Lab")
    expect(page.locator(".recents [aria-current=page]")).to_contain_text("Ice")
    expect(page.locator("#toasts")).to_contain_text("The name is saved.")
    expect(field).to_be_hidden()
    expect(page.get_by_text("Rename")).to_be_focused()
    page.reload()
    expect(page.locator(".recents [aria-current=page]")).to_contain_text("Ice")


def test_a_flagged_message_says_so_while_its_reply_is_written(chat):
    chat.say("[[script=slow:10:3000]] Something ugly.")
    expect(chat.page.locator("#turn-1 .flags")).to_contain_text("threats, violence")
    expect(chat.reply).to_have_attribute("data-state", re.compile("pending|running"))
    chat.stop()


def test_a_chat_is_deleted_after_asking(chat):
    page = chat.page
    page.get_by_role("link", name="Delete…").first.click()
    expect(page.get_by_role("heading", name="Delete this chat?")).to_be_visible()
    page.get_by_role("button", name="Delete this chat").click()
    expect(page.get_by_text("The chat is deleted.")).to_be_visible()
    expect(page.get_by_role("heading", name="No chats yet")).to_be_visible()


def test_two_tabs_one_reply(chat, context, watch):
    """The second tab that sends gets a clear answer, keeps its words, and sees the first one's turn, also while it is written."""
    watch.expected.append("409")
    second = Chat(context.new_page())
    second.page.goto(chat.page.url)
    chat.say("[[script=slow:10:3000]] first")
    second.field.fill("[[script=say:3]] second")
    second.field.press("Enter")
    expect(second.page.locator("#notice")).to_contain_text("Not sent. A reply is still being written")
    expect(second.page.locator("#notice a")).to_have_count(0)
    expect(second.field).to_have_value("[[script=say:3]] second")
    expect(second.page.locator(".turn-user")).to_contain_text("first")
    second.grown_to(50)
    second.stop()
    chat.wait("stopped")
    second.wait("stopped")
    second.field.press("Enter")
    expect(second.page.locator("#notice")).to_be_empty()
    expect(second.field).to_have_value("")
    second.wait("done")
    regenerate(second, 2)
    chat.field.fill("[[script=say:3]] third")
    chat.field.press("Enter")
    expect(chat.page.locator(".turn-user .bubble")).to_contain_text(["first", "second", "third"])
    expect(chat.page.locator("#answer-2 .variants")).to_contain_text("2 of 2")
    chat.wait()
    assert [message["turn"] for message in chat.transcript()] == [0, 1, 1, 2, 2, 3, 3]
