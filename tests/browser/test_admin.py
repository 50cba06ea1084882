"""The admin's frame is Django's. What is ours in it: the dashboard, and lists that fit a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.stage import Stage
from tests.browser.states import admin, decisions

pytestmark = pytest.mark.browser

LISTS = (
    "accounts/user", "accounts/announcement", "accounts/auditentry", "assistants/assistant", "assistants/queuedassistant",
    "assistants/report", "assistants/appeal", "assistants/decision",
)  # fmt: skip
_LOOK = """axe.run('.lab-board', {preload: false, resultTypes: ['violations'], selectors: false})
  .then(found => found.violations.map(each => [each.id, each.nodes.map(node => node.html)]))"""
_BEYOND = """[...document.querySelectorAll('html, .results')].map(each => each.scrollWidth - each.clientWidth)"""


def announce_for_later(page):
    """So much later that no page of another test has it."""
    page.goto("/admin/accounts/announcement/add/")
    page.get_by_label("Words").fill("On Sunday from six to seven the machine is brought up to date; chats can be read meanwhile.")
    page.locator("[name=starts_at_0]").fill("2090-01-01")
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator("#result_list").wait_for()


@pytest.fixture(scope="module")
def stage(browser, lab):
    context = browser.new_context(base_url=lab.url, reduced_motion="reduce", viewport={"width": 390, "height": 844})
    stage = Stage(context.new_page(), lab)
    decisions.appealed(stage)
    admin.dashboard(stage)
    announce_for_later(stage.page)
    yield stage
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_the_dashboard(stage, theme):
    page = stage.page
    page.goto("/admin/")
    page.emulate_media(color_scheme=theme)
    page.locator(".lab-chart summary").first.click()
    page.evaluate(Axe().axe_script)
    assert page.evaluate(_LOOK) == []


@pytest.mark.parametrize("path", LISTS)
def test_list_fits_a_phone(stage, path):
    stage.page.goto(f"/admin/{path}/")
    assert stage.page.evaluate(_BEYOND) == [0, 0]
