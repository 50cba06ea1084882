"""Every state of the catalogue, looked at by axe in both themes, on a desk and on a phone; none scrolls sideways."""

import itertools

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.stage import Stage
from tests.browser.states import catalogue

pytestmark = pytest.mark.browser

SIZES = {1440: 900, 390: 844}
NARROWEST = 320
# A theme changes colours and a width the frame around a page: the two other pairs are enough once a page.
ALWAYS = [(1440, "light"), (390, "dark")]
ONCE_A_PAGE = [(390, "light"), (1440, "dark")]
OURS = [state for state in catalogue() if state.page != "admin"]  # the frame of those pages is Django's
FIRST = {next(states).name for _page, states in itertools.groupby(OURS, key=lambda state: state.page)}

# Without a script a page has no other way to look again; it has no field meanwhile, so that nothing is lost.
ACCEPTED = {"chat-waiting-without-a-script": {"meta-refresh"}}

# Preloading would fetch style sheets again, and what they import from beside the page: its 404s would set cookies.
_LOOK = "axe.run(document, {preload: false, resultTypes: ['violations'], selectors: false}).then(found => found.violations)"
_BEYOND = "document.documentElement.scrollWidth - innerWidth"


@pytest.fixture(scope="module")
def stage(browser, lab):
    """One page for all of them; and no `watch`, since many a state is an error that the browser complains of."""
    context = browser.new_context(base_url=lab.url, reduced_motion="reduce")
    context.set_default_timeout(10_000)
    yield Stage(context.new_page(), lab)
    context.close()


def each_state():
    """Those that a page begins with go with every run."""
    marks = dict.fromkeys(FIRST, ())
    return [pytest.param(state, id=state.name, marks=marks.get(state.name, pytest.mark.long)) for state in OURS]


@pytest.mark.parametrize("state", each_state())
def test_axe_finds_nothing(stage, state):
    page, found = stage.page, {}
    page.set_viewport_size({"width": 1440, "height": SIZES[1440]})
    state.reach(stage)
    stage.let_scripts_run()
    page.evaluate(Axe().axe_script)
    for width, theme in [*ALWAYS, *(ONCE_A_PAGE if state.name in FIRST else [])]:
        page.set_viewport_size({"width": width, "height": SIZES[width]})
        page.emulate_media(color_scheme=theme)
        for violation in page.evaluate(_LOOK):
            if violation["id"] in ACCEPTED.get(state.name, ()):
                continue
            found[f"{violation['id']}, {width} px, {theme}"] = [
                (node["html"], node["failureSummary"]) for node in violation["nodes"]
            ]
    assert found == {}
    page.set_viewport_size({"width": NARROWEST, "height": 640})
    assert page.evaluate(_BEYOND) <= 0, "the page scrolls sideways"
