"""Pictures of every state in the catalogue, at three widths, light and dark: `python -m tests.browser.screens [part of a name]`.

Starts an installation of its own with the Demo and a scripted upstream, and writes into build/screens/.
"""

import argparse
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.stage import QUICK, TINY, Stage, models_file
from tests.browser.states import State, catalogue
from tests.conftest import chromium_flags
from tests.fakes.upstream import DEFAULT_MODELS, Upstream
from tests.lab import REPOSITORY, Lab

WIDTHS = {390: 844, 768: 1024, 1440: 900}
SCHEMES = ("light", "dark")
FOLDER = REPOSITORY / "build/screens"


def shoot(page: Page, state: State) -> None:
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.wait_for_timeout(150)  # what moves when the width changes has come to rest
            if state.whole:
                page.evaluate("scrollTo(0, 0)")  # what sticks to the window's top stands at the picture's
            page.screenshot(path=FOLDER / f"{state.name}-{width}-{scheme}.png", full_page=state.whole)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.browser.screens")
    parser.add_argument("part", nargs="?", default="", help="only states whose name contains this")
    part = parser.parse_args().part
    FOLDER.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=20_000)
    with ExitStack() as stack:
        upstream = stack.enter_context(Upstream(models=(*DEFAULT_MODELS, TINY)))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        places = {"OPENAI_BASE_URL": upstream.base_url, "MODELS_FILE": models_file(folder)} | QUICK
        lab = stack.enter_context(Lab(folder / "data", **places))
        chromium = stack.enter_context(sync_playwright()).chromium
        page = chromium.launch(executable_path=shutil.which("chromium"), args=chromium_flags()).new_page(base_url=lab.url)
        stage = Stage(page, lab)
        for state in catalogue():
            if part in state.name:
                page.set_viewport_size({"width": 1440, "height": WIDTHS[1440]})
                state.reach(stage)
                shoot(page, state)


if __name__ == "__main__":
    main()
