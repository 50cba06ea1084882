"""The Lounge in a real browser: what changes in place, where the focus goes on, and Back and Forward through all of it."""

import json
import re
import uuid

import pytest
from playwright.sync_api import expect

from assistants.lounge import PAGE_SIZE
from tests.http_visitor import HttpVisitor
from tests.lab import wait_until

pytestmark = pytest.mark.browser

CARDS = ".robot-card h3"
_STORED = """() => JSON.stringify([{...localStorage}, {...sessionStorage}, history.state])"""


@pytest.fixture(scope="session")
def community(lab):
    """More than a page of them."""
    return lab.make_assistant(name="Page Pia", copies=PAGE_SIZE + 3, showcased=False).split()


@pytest.fixture
def lounge(page, watch, assistant):
    """Its first load is marked: a page that was loaded again has no mark."""
    page.goto("/lounge/", timeout=30_000)  # an installation's very first page draws all its robots
    page.evaluate("window.mark = 1")
    yield page
    assert page.evaluate("window.mark") == 1


def names(page):
    return page.locator(CARDS).all_inner_texts()


def shows(page, *, title, address, query=""):
    expect(page).to_have_title(f"{title} · GPT Lab")
    expect(page).to_have_url(re.compile(rf"/lounge/{address}$"))
    expect(page.locator("#q")).to_have_value(query)


def test_tabs_search_and_categories_change_in_place_and_back_goes_through_all_of_it(lounge, community):
    first = names(lounge)
    steps = [("Lounge", r"", "")]
    lounge.get_by_role("link", name="Community").click()
    steps.append(("Lounge: Community", r"\?tab=community&seed=\d+", ""))
    shows(lounge, title=steps[-1][0], address=steps[-1][1])
    lounge.get_by_role("link", name="Showcased").click()
    steps.append(("Lounge", r"\?seed=\d+", ""))
    shows(lounge, title=steps[-1][0], address=steps[-1][1])
    lounge.get_by_role("link", name="Writing").click()
    steps.append(("Lounge: Writing", r"\?category=writing&seed=\d+", ""))
    shows(lounge, title=steps[-1][0], address=steps[-1][1])
    expect(lounge.locator(CARDS)).to_have_text(["Paragraph Doctor"])
    lounge.get_by_role("link", name="All", exact=True).click()
    shows(lounge, title="Lounge", address=r"\?seed=\d+")
    lounge.locator("#q").press_sequentially("ice", delay=400)  # a request for each letter
    steps += [("Lounge", r"\?seed=\d+", ""), ("Lounge: “ice”", r"\?q=ice&seed=\d+", "ice")]
    shows(lounge, title=steps[-1][0], address=steps[-1][1], query="ice")
    for title, address, query in reversed(steps[:-1]):
        lounge.go_back()
        shows(lounge, title=title, address=address, query=query)
    assert names(lounge) == first
    for title, address, query in steps[1:]:
        lounge.go_forward()
        shows(lounge, title=title, address=address, query=query)


def test_what_is_typed_while_a_search_is_on_its_way_stays_and_is_searched_for(lounge):
    field = lounge.locator("#q")
    lounge.route("**/lounge/?*", lambda route: (lounge.wait_for_timeout(200), route.continue_()))
    field.press_sequentially("socratic", delay=150)
    expect(lounge.locator(CARDS)).to_have_text(["Socratic Sam"])
    expect(field).to_have_value("socratic")
    expect(field).to_be_focused()
    expect(lounge.locator("#found")).to_have_text("1 assistant")
    lounge.unroute("**/lounge/?*")


def test_nobody_found_leads_back_to_everyone(lounge):
    lounge.locator("#q").fill("tax lawer")
    expect(lounge.get_by_role("heading", name="Nobody answers to “tax lawer”")).to_be_visible()
    lounge.get_by_role("link", name="Show everyone again").click()
    expect(lounge.locator("#q")).to_have_value("")
    expect(lounge.get_by_role("heading", name="Socratic Sam")).to_be_visible()
    expect(lounge.locator("#shelf")).to_be_focused()


def test_a_page_turned_begins_at_the_head_of_the_shelf(lounge, community):
    lounge.get_by_role("link", name="Community").click()
    lounge.locator("#q").fill("page pia")
    expect(lounge).to_have_title("Lounge: Community, “page pia” · GPT Lab")
    expect(lounge.locator(CARDS)).to_have_count(PAGE_SIZE)
    shown = names(lounge)
    lounge.get_by_role("link", name="More").click()
    expect(lounge.locator("#found")).to_have_text(re.compile("page 2 of 2"))
    expect(lounge.locator(CARDS)).to_have_count(len(community) - PAGE_SIZE)
    assert len({*shown, *names(lounge)}) == len(community)
    wished = {"title": "Lounge: Community, “page pia”, page 2", "address": r"\?tab=community&q=page\+pia&page=2&seed=\d+"}
    shows(lounge, query="page pia", **wished)
    expect(lounge.locator("#shelf")).to_be_focused()
    expect(lounge.locator("#found")).to_have_text(re.compile("page 2 of 2"))
    wait_until(
        lambda: lounge.evaluate("document.getElementById('shelves').getBoundingClientRect().top >= 0"), 5, "it is out of view"
    )
    lounge.go_back()
    expect(lounge.locator(CARDS)).to_have_text(shown)


def test_a_tab_keeps_the_focus_of_who_walks_by_keyboard(lounge, community):
    lounge.locator("#tab-community").focus()
    lounge.keyboard.press("Enter")
    expect(lounge.locator("#tab-community")).to_have_attribute("aria-current", "page")
    expect(lounge.locator("#tab-community")).to_be_focused()
    lounge.keyboard.press("Tab")
    expect(lounge.locator("#q")).to_be_focused()
    lounge.keyboard.type("pia 07")
    expect(lounge.locator(CARDS)).to_have_text(["Page Pia 07"])
    for _ in range(3 + 8):  # the button, the categories, the card
        lounge.keyboard.press("Tab")
        if lounge.evaluate("document.activeElement.matches('.card-link')"):
            break
    assert lounge.evaluate("document.activeElement.innerText") == "Page Pia 07"


def test_back_from_an_assistant_finds_the_search_again_and_the_browser_keeps_no_page(page, lab, context, assistant):
    visitor = HttpVisitor(lab.url)
    visitor.sign_in(provider="openai", api_key=f"sk-back-{uuid.uuid4().hex}")
    context.add_cookies([{"name": name, "value": value, "url": lab.url} for name, value in visitor.http.cookies.items()])
    page.goto("/lounge/")
    page.locator("#q").fill("socratic")
    expect(page.locator(CARDS)).to_have_text(["Socratic Sam"])
    page.get_by_role("link", name="Socratic Sam").click()
    expect(page).to_have_title("Socratic Sam · GPT Lab")
    page.get_by_role("button", name="Why does ice float?").click()
    expect(page.locator(".turn-user")).to_have_text(re.compile("Why does ice float"))
    page.go_back()
    page.go_back()
    expect(page.locator("#q")).to_have_value("socratic")
    expect(page.locator(CARDS)).to_have_text(["Socratic Sam"])
    page.go_back()
    expect(page.locator("#q")).to_have_value("")
    expect(page).to_have_title("Lounge · GPT Lab")
    local, session, state = json.loads(page.evaluate(_STORED))
    assert local == {}
    assert not [key for key in session if not key.startswith("draft-")]
    assert state == {"htmx": True}


def test_a_link_that_fails_speaks_of_nothing_written(page, watch):
    watch.expected += ["ERR_FAILED", "Failed to fetch"]
    page.goto("/lounge/")
    page.route("**/lounge/?*", lambda route: route.abort())
    page.get_by_role("link", name="Community").click()
    expect(page.locator("#notice")).to_contain_text("can’t be reached")
    expect(page.locator("#notice")).not_to_contain_text("What you wrote")


def test_a_code_is_copied_with_one_press(page, context, assistant):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"/assistants/{assistant}/")
    page.get_by_role("button", name="Copy the link").click()
    expect(page.locator("#toasts")).to_contain_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    page.get_by_role("button", name="Copy the code").click()
    copied = "async () => (await navigator.clipboard.readText()).replaceAll('-', '')"
    wait_until(lambda: page.evaluate(copied) == assistant, 20, "the code is not copied")


def test_everything_works_without_a_script(browser, lab, community, assistant):
    context = browser.new_context(base_url=lab.url, java_script_enabled=False)
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.goto("/lounge/")
    page.get_by_role("link", name="Community").click()
    page.get_by_role("link", name="More").click()
    shows(page, title="Lounge: Community, page 2", address=r"\?tab=community&page=2&seed=\d+")
    page.locator("#q").fill("pia 07")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(CARDS)).to_have_text(["Page Pia 07"])
    page.go_back()
    shows(page, title="Lounge: Community, page 2", address=r"\?tab=community&page=2&seed=\d+")
    page.get_by_label("Were you given a code?").fill("7k3qx")
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_text("This one has 5.")).to_be_visible()
    page.get_by_label("Were you given a code?").fill(assistant.lower())
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_role("heading", name="Patient Paula", level=1)).to_be_visible()
    expect(page.get_by_role("button", name="Copy the code")).to_be_hidden()
    context.close()
