"""One visitor's way through a full Lounge: found, narrowed, sorted, kept."""

import re
import uuid

import pytest
from playwright.sync_api import expect

from tests.http_visitor import HttpVisitor

pytestmark = pytest.mark.browser

CARDS = ".robot-card h3"


@pytest.fixture
def signed_in(page, lab, context):
    visitor = HttpVisitor(lab.url)
    visitor.sign_in(provider="openai", api_key=f"sk-many-{uuid.uuid4().hex}")
    context.add_cookies([{"name": name, "value": value, "url": lab.url} for name, value in visitor.http.cookies.items()])
    return page


def test_search_category_sort_and_favourite(signed_in, lab):
    page = signed_in
    usual = {"showcased": False, "category": "ideas"}
    lab.make_assistant(name="Walk Wanda", people=40, **usual)
    lab.make_assistant(name="Walk Willy", people=90, raters=20, likers=20, liking=0.8, **usual)
    lab.make_assistant(name="Walk Xenia", people=99, category="play", showcased=False)
    page.goto("/lounge/?tab=community")
    page.evaluate("window.mark = 1")
    page.locator("#q").fill("WÁLK")
    expect(page.locator(CARDS)).to_have_text(["Walk Xenia", "Walk Willy", "Walk Wanda"])
    page.get_by_role("link", name="Ideas").click()
    expect(page.locator(CARDS)).to_have_text(["Walk Willy", "Walk Wanda"])
    expect(page.locator(".robot-card").first).to_contain_text("90 people")
    page.get_by_label("Sort by").select_option("Newest")
    expect(page).to_have_url(re.compile(r"tab=community&q=W%C3%81LK&category=ideas&sort=new&seed=\d+$"))
    expect(page).to_have_title("Lounge: Community, Ideas, “WÁLK”, Newest · GPT Lab")
    page.go_back()
    expect(page.get_by_label("Sort by")).to_have_value("popular")
    page.go_forward()
    expect(page.get_by_label("Sort by")).to_have_value("new")
    expect(page.locator("#q")).to_have_value("WÁLK")
    star = page.get_by_role("button", name="Favourite: Walk Willy")
    star.focus()
    page.keyboard.press("Enter")
    expect(star).to_have_attribute("aria-pressed", "true")
    expect(star).to_be_focused()
    page.get_by_role("link", name="Favourites").click()
    expect(page.locator(CARDS)).to_have_text(["Walk Willy"])
    assert page.evaluate("window.mark") == 1
    page.get_by_role("link", name="Walk Willy").click()
    expect(page.get_by_role("button", name="Favourite")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Favourite").click()
    expect(page.get_by_role("button", name="Favourite")).to_have_attribute("aria-pressed", "false")
    page.goto("/lounge/?tab=favourites")
    expect(page.get_by_role("heading", name="No favourites yet")).to_be_visible()


def test_a_link_followed_while_a_search_waits_takes_the_words_along_and_is_not_overtaken(signed_in, lab):
    page, asked = signed_in, []
    lab.make_assistant(name="Late Lou", showcased=False, category="ideas")
    lab.make_assistant(name="Late Liz", showcased=False, category="play")
    page.goto("/lounge/?tab=community")
    page.on("request", lambda request: asked.append(request.url) if "/lounge/?" in request.url else None)
    page.evaluate(
        """() => {
            const field = document.getElementById("q");
            field.value = "Late L";
            field.dispatchEvent(new Event("input", { bubbles: true }));
            document.querySelector('a[href*="category=ideas"]').click();
        }"""
    )
    expect(page.locator(CARDS)).to_have_text(["Late Lou"])
    page.wait_for_timeout(600)  # the search would have come by now
    expect(page.locator(CARDS)).to_have_text(["Late Lou"])
    assert len(asked) == 1
