"""Pictures of every page and state, narrow, middle and wide, light and dark: `python -m tests.browser.screens [part of a name]`.

Starts an installation of its own with the Demo and a scripted upstream, and writes into build/screens/.
"""

import argparse
import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from playwright.sync_api import TimeoutError as TooLate

from tests.fakes.upstream import Upstream
from tests.lab import REPOSITORY, Lab

WIDTHS = {390: 844, 768: 1024, 1440: 900}
SCHEMES = ("light", "dark")
FOLDER = REPOSITORY / "build/screens"
STATES: dict[str, Callable[[Page], object]] = {}


def state(do: Callable[[Page], object]) -> Callable[[Page], object]:
    STATES[do.__name__.replace("_", "-")] = do
    return do


@state
def home(page):
    page.goto("/")


@state
def lounge_signed_out(page):
    page.goto("/lounge/")


@state
def assistant_signed_out(page):
    page.locator(".card-link").first.click()


@state
def sign_in(page):
    page.goto("/sign-in/")


@state
def sign_in_refused(page):
    sign_in_with(page, "Bearer sk-nonsense")


@state
def words_faq(page):
    page.goto("/faq/")


@state
def words_terms(page):
    page.goto("/terms/")


@state
def words_privacy(page):
    page.goto("/privacy/")


@state
def words_about(page):
    page.goto("/about/")


@state
def nothing_here(page):
    page.goto("/nothing-here/")


@state
def lounge_with_a_new_key(page):
    page.goto("/")
    page.get_by_role("button", name="Try it without a key").first.click()


@state
def lounge_signed_in(page):
    sign_out(page)
    page.goto("/sign-in/?next=/lounge/")
    sign_in_with(page, "sk-screens-0123456789abcdef0123456789abcdef")
    page.wait_for_url("**/lounge/**")


@state
def lounge_mine(page):
    page.goto("/lounge/?tab=mine")


@state
def assistant_page(page):
    page.goto("/lounge/")
    page.locator(".card-link").first.click()


@state
def chat_opened(page):
    page.get_by_role("button", name="Chat with").first.click()
    ended(page)


@state
def chat_thinking(page):
    say(page, "[[script=think:20]] Think about it.")


@state
def chat_stopped_before_a_word(page):
    stop(page)


@state
def chat_writing(page):
    say(page, "[[script=document:60]] Tell me everything.")
    page.wait_for_timeout(8_000)


@state
def chat_stopped(page):
    stop(page)


@state
def chat_whole_document(page):
    say(page, "[[script=document:0]] Tell me everything.")
    ended(page)


@state
def chat_interrupted(page):
    say(page, "[[script=cut_after:60]] Go on.")
    ended(page)


@state
def chat_failed_quota(page):
    say(page, "[[script=quota]] Go on.")
    ended(page)


@state
def chat_failed_key(page):
    say(page, "[[script=invalid_key]] Go on.")
    ended(page)


@state
def chat_empty_message(page):
    page.locator("#text").press("Enter")


@state
def chat_seal_open(page):
    page.locator(".seal summary").first.click()


@state
def chat_about(page):
    page.goto(page.url.partition("#")[0] + "#bench")


@state
def chat_visit_ended(page):
    page.goto(page.url.partition("#")[0])
    page.context.clear_cookies(name="visit")
    page.locator("#text").fill("Written for a long time")
    page.locator("#text").press("Enter")
    page.wait_for_timeout(500)


@state
def chat_plain_refusal(page):
    """As who has no script sees it: the form posts, and the page says why not."""
    page.evaluate("document.getElementById('composer').removeAttribute('hx-post')")
    page.evaluate("HTMLFormElement.prototype.submit.call(document.getElementById('composer'))")
    page.wait_for_load_state()


def sign_in_with(page, key):
    if (provider := page.get_by_label("Provider")).count():
        provider.select_option("openai")
    page.get_by_label("API key").fill(key)
    page.get_by_role("button", name="Enter the lab").click()
    page.wait_for_timeout(1_500)


def sign_out(page):
    page.context.clear_cookies()


def say(page, text):
    page.locator("#text").fill(text)
    page.locator("#text").press("Enter")
    page.wait_for_timeout(700)


def stop(page):
    page.get_by_role("button", name="Stop").click()
    ended(page)


def ended(page):
    with suppress(TooLate):
        page.locator("#turns [data-state=running], #turns [data-state=pending]").first.wait_for(state="detached", timeout=20_000)


def shoot(page: Page, name: str) -> None:
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            page.wait_for_timeout(150)
            page.screenshot(path=FOLDER / f"{name}-{width}-{scheme}.png", full_page="chat" not in name or "whole" in name)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.browser.screens")
    parser.add_argument(
        "part", nargs="?", default="", help="only states whose name contains this; the others are still gone through"
    )
    part = parser.parse_args().part
    FOLDER.mkdir(parents=True, exist_ok=True)
    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    with ExitStack() as stack:
        upstream = stack.enter_context(Upstream())
        data = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "data"
        lab = stack.enter_context(Lab(data, OPENAI_BASE_URL=upstream.base_url))
        chromium = stack.enter_context(sync_playwright()).chromium
        page = chromium.launch(executable_path=shutil.which("chromium"), args=flags).new_page(base_url=lab.url)
        for name, reach in STATES.items():
            page.set_viewport_size({"width": 1440, "height": 900})
            reach(page)
            if part in name:
                shoot(page, name)


if __name__ == "__main__":
    main()
