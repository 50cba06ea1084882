"""What a maker does in a browser to see which version is better: with scripts in place, and over plain forms."""

import re
import uuid

import pytest
from playwright.sync_api import expect

from tests.browser.test_lab import sign_in
from tests.http_visitor import HttpVisitor
from tests.lab import wait_until

pytestmark = pytest.mark.browser
SLOW = "[[script=slow:40:60]]"  # k0000 k0001 …
GROWN = 40  # characters


@pytest.fixture
def key():
    return f"sk-maker-{uuid.uuid4().hex}"


@pytest.fixture
def code(lab, key):
    """Of an assistant with two versions, made without the browser."""
    visitor = HttpVisitor(lab.url)
    visitor.sign_in(provider="openai", api_key=key)
    edit = visitor.post("/lab/new/").url.path
    place = edit.removesuffix("edit/")
    visitor.post(edit, initial_prompt="You are Kit. Ask once.", model="gpt-4.1-mini", next="leave")
    visitor.post(f"{place}publish/", name="Kind Kit", tagline="Asks", description="Asks you.", next="publish")
    visitor.post(edit, initial_prompt="You are Kit. Ask twice.", next="leave")
    visitor.post(f"{place}publish/", next="publish")
    return edit.split("/")[2]


def keep(page, text):
    before = page.locator("#messages > li").count()
    page.get_by_role("textbox", name=re.compile("message$")).last.fill(text)
    page.get_by_role("button", name="Keep this message").click()
    expect(page.locator("#messages > li")).to_have_count(before + 1)


def shown(page):
    """The words of each reply."""
    return page.locator(".answer .prose").all_inner_texts()


def test_two_versions_stream_side_by_side_and_the_better_one_is_marked(page, key, code):
    sign_in(page, key, f"/lab/{code}/versions/")
    page.get_by_role("link", name="Compare replies").click()
    expect(page.get_by_role("heading", name="Which one answers better?")).to_be_visible()
    page.wait_for_load_state()
    keep(page, f"{SLOW} Why does ice float?")
    expect(page.locator("#new-message")).to_have_value("")
    keep(page, f"{SLOW} What is a good question?")
    expect(page.get_by_text("4 replies, paid by your key")).to_be_visible()

    page.get_by_role("button", name="Run all 2").click()
    expect(page.locator(".answer")).to_have_count(4)
    expect(page.locator("#stop-all")).to_be_focused()
    wait_until(lambda: len(shown(page)) == 4 and all(len(text) > GROWN for text in shown(page)), 30, "not all four stream")
    assert page.locator("article[data-state=running], article[data-state=pending]").count() > 0
    expect(page.get_by_text("when both are done").first).to_be_visible()
    first, second = (page.locator("#messages > li").nth(number) for number in (0, 1))
    left, right = (page.locator("#messages > li").first.locator(".answer").nth(side).bounding_box() for side in (0, 1))
    assert (left["y"], left["x"] + left["width"] < right["x"]) == (right["y"], True)

    expect(page.locator(".marks")).to_have_count(2, timeout=30_000)
    expect(page.get_by_role("button", name="Run all 2")).to_be_visible()
    first.get_by_role("button", name="Version 2 is better").click()
    expect(first.locator(".is-better")).to_contain_text("Version 2")
    expect(first.get_by_role("button", name="Version 2 is better")).to_be_focused()
    second.get_by_role("button", name="Equal").click()
    expect(second.get_by_role("button", name="Equal")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#tally")).to_contain_text(re.compile(r"Version 1 better\s*0\s*Equal\s*1\s*Version 2 better\s*1"))
    page.reload()
    expect(page.locator("#tally")).to_contain_text(re.compile(r"Version 1 better\s*0\s*Equal\s*1\s*Version 2 better\s*1"))
    expect(first.locator(".is-better")).to_contain_text("Version 2")

    page.set_viewport_size({"width": 390, "height": 844})
    left, right = (first.locator(".answer").nth(side).bounding_box() for side in (0, 1))
    assert (left["x"], left["y"] + left["height"] < right["y"]) == (right["x"], True)
    page.goto("/chats/")
    expect(page.locator(".recents a")).to_have_count(0)


def test_many_messages_leave_lines_for_what_is_pressed(page, key, code):
    sign_in(page, key, f"/lab/{code}/compare/")
    page.wait_for_load_state()
    for number in range(4):
        keep(page, f"[[script=slow:100:3000]] {number}?")
    page.get_by_role("button", name="Run all 4").click()
    expect(page.locator(".answer")).to_have_count(8)
    wait_until(lambda: sum(len(text) > GROWN for text in shown(page)) == 4, 30, "not four stream")
    expect(page.locator("article[data-opened]")).to_have_count(4)
    page.get_by_role("button", name="Stop", exact=True).first.click()
    expect(page.get_by_text("Stopped by you")).to_have_count(1)
    wait_until(lambda: sum(len(text) > GROWN for text in shown(page)) == 5, 30, "the fifth does not stream")
    page.get_by_role("button", name="Stop all").click()
    expect(page.get_by_text("Stopped by you")).to_have_count(8)
    expect(page.get_by_role("button", name="Run all 4")).to_be_visible()


def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(page, watch, key, code):
    watch.expected.append("422 (Unprocessable Entity)")
    sign_in(page, key, f"/lab/{code}/compare/")
    page.wait_for_load_state()
    page.get_by_role("button", name="Keep this message").click()
    expect(page.locator("#new-message")).to_be_focused()
    expect(page.locator("#new-message-error")).to_be_visible()
    page.locator("#new-message").fill("Not yet")
    page.reload()
    expect(page.locator("#new-message")).to_have_value("Not yet")
    page.get_by_role("button", name="Keep this message").click()
    expect(page.locator("#messages > li")).to_have_count(1)
    page.get_by_label("Left", exact=True).select_option("2")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator("#pair-error")).to_contain_text("one and the same")
    page.get_by_text("Edit", exact=True).click()
    page.get_by_role("textbox", name="Message", exact=True).fill("Better now")
    page.get_by_role("button", name="Keep the change").click()
    expect(page.locator("#messages h3")).to_have_text("Better now")


def test_without_a_script_it_is_plain_forms(browser, lab, key, code):
    context = browser.new_context(base_url=lab.url, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, key, f"/lab/{code}/compare/")
    for text in ("[[script=say:5]] Why?", "[[script=say:5]] What for?"):
        keep(page, text)
    page.get_by_label("Blind").check()
    page.get_by_role("button", name="Run all 2").click()
    expect(page.locator(".marks")).to_have_count(2, timeout=30_000)  # the page looks again by itself
    expect(page.locator("#messages")).not_to_contain_text("Version")
    page.get_by_role("button", name="A is better").first.click()
    expect(page.locator("#messages > li").first).to_contain_text("Version 1")
    page.get_by_role("button", name="Equal").last.click()
    expect(page.locator("#messages [aria-pressed=true]")).to_have_count(2)
    page.goto(f"/lab/{code}/compare/")
    expect(page.locator("#tally")).to_contain_text(re.compile(r"Equal\s*1"))
    context.close()
