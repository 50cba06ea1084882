"""The main way with the keyboard alone, focus always in sight."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PAULA, Chat
from tests.lab import wait_until

pytestmark = pytest.mark.browser

MOST_TABS = 80
_FOCUSED = """() => {
  const found = document.activeElement, box = found.getBoundingClientRect();
  const styles = [found, found.closest(".composer") ?? found].map((one) => getComputedStyle(one));
  const label = found.labels?.[0]?.innerText;
  return {
    name: (found.getAttribute("aria-label") || label || found.innerText || found.value || "").trim(),
    seen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight,
    ring: styles.some((style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0),
  };
}"""


def tab_to(page, name):
    """Tab until the focus is on something of this name. It must be in sight there, with a ring."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        focused = page.evaluate(_FOCUSED)
        if name in focused["name"]:
            wait_until(lambda: page.evaluate(_FOCUSED)["seen"], 20, f"{name} is out of sight")  # scrolling may take a moment
            assert focused["ring"], focused
            return
    raise AssertionError(f"{MOST_TABS} tabs do not lead to {name!r}")


def test_the_main_way_with_the_keyboard_alone(page, assistant, demo):
    page.goto("/")
    page.keyboard.press("Tab")
    assert "Skip to content" in page.evaluate(_FOCUSED)["name"]
    tab_to(page, "Try it without a key")
    page.keyboard.press("Enter")
    expect(page.get_by_text("This is your own key")).to_be_visible()
    tab_to(page, f"Chat with {PAULA}")
    page.keyboard.press("Enter")
    chat = Chat(page).wait()

    tab_to(page, "Your message")
    page.keyboard.type("A long one, please.")
    with chat.answered():
        page.keyboard.press("Enter")
    chat.grown_to(200)
    page.keyboard.press("Shift+Tab")
    for _ in range(MOST_TABS):
        if page.evaluate(_FOCUSED)["name"] == "Stop":
            break
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    chat.wait("stopped")
    expect(chat.field).to_be_focused()  # where one goes on, not at the top of the page
    page.keyboard.type("Show me a list.")
    with chat.answered():
        page.keyboard.press("Enter")
    chat.wait()

    page.reload()
    tab_to(page, "Sealed")
    page.keyboard.press("Enter")
    tab_to(page, "Sign out")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Try it without a key").first).to_be_visible()
