"""A chat of two thousand turns: it opens at its end, goes back as one scrolls, and nothing jumps on the way."""

import json
import uuid

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LONG, Chat
from tests.http_visitor import HttpVisitor
from tests.lab import wait_until

pytestmark = pytest.mark.browser

TURNS = 2000
FEWER = 290  # in another chat, which one scrolls to its beginning
KEY = f"sk-browser-{uuid.uuid4().hex}"
_TOP = "number => document.getElementById(`turn-${number}`).getBoundingClientRect().top"
_FIRST = "() => Number(document.querySelector('.turn-user').id.slice(5))"
# A turn in the upper part of the window, and where it stands.
_SEEN = """() => {
  const turn = [...document.querySelectorAll(".turn-user")].find((turn) => turn.getBoundingClientRect().top > 0);
  return [Number(turn.id.slice(5)), turn.getBoundingClientRect().top];
}"""


@pytest.fixture(scope="module")
def visitor(lab):
    visitor = HttpVisitor(lab.url)
    visitor.sign_in(provider="openai", api_key=KEY)
    return visitor


@pytest.fixture(scope="module")
def address(lab, visitor, assistant):
    """Of the chat of two thousand turns."""
    return filled(lab, visitor, assistant, TURNS)


def filled(lab, visitor, assistant, turns):
    """The address of a chat that has so many, after its opening."""
    visitor.start(assistant)
    visitor.wait_for_end("done")
    wanted = {"provider": "openai", "api_key": KEY, "sessions": [visitor.session], "turns": turns}
    lab.run("tests.fill_chat", json.dumps(wanted))
    return f"/chats/{visitor.session}/"


@pytest.fixture
def page(page, visitor, lab):
    page.context.add_cookies([{"name": name, "value": value, "url": lab.url} for name, value in visitor.http.cookies.items()])
    return page


def opened(page, address):
    page.goto(address)
    expect(page.locator(".turn-tools").last).to_be_in_viewport()


def first(page):
    return page.evaluate(_FIRST)


def scroll(page, top):
    page.evaluate("top => window.scrollTo({top, behavior: 'instant'})", top)


def test_it_opens_at_its_end(page, address):
    opened(page, address)
    expect(page.get_by_role("button", name="Jump to latest")).to_be_hidden()
    assert first(page) == TURNS - 29


@pytest.mark.parametrize("place", [700, 0])
def test_older_turns_come_in_above_and_what_one_reads_stays(page, address, watch, place):
    opened(page, address)
    page.route("**/?before=*", lambda route: (page.wait_for_timeout(500), route.continue_()))
    before = first(page)
    scroll(page, place)
    page.wait_for_timeout(200)  # what comes into sight for the first time counts as moved
    watch.shifts.clear()
    seen, top = page.evaluate(_SEEN)
    expect(page.locator(f"#turn-{before - 1}")).to_be_attached()
    assert abs(page.evaluate(_TOP, seen) - top) < 1
    page.wait_for_timeout(300)  # what is laid out has settled by now
    assert abs(page.evaluate(_TOP, seen) - top) < 1
    assert watch.shifts == []


_TO_THE_BEGINNING = """async () => {
  const count = () => document.getElementsByClassName("turn-user").length;
  const frame = () => new Promise(requestAnimationFrame);
  while (document.getElementById("earlier")) {
    const before = count(), started = Date.now();
    window.scrollTo({top: 0, behavior: "instant"});
    while (count() === before) {
      if (Date.now() > started + 10_000) throw new Error("no older turns come");
      await frame();
    }
  }
  return [...document.getElementsByClassName("turn-user")].map(turn => Number(turn.id.slice(5)));
}"""


def test_one_scrolls_to_its_beginning(page, lab, visitor, assistant, watch):
    opened(page, filled(lab, visitor, assistant, FEWER))
    assert page.evaluate(_TO_THE_BEGINNING) == [*range(1, FEWER + 1)]
    scroll(page, 0)
    expect(page.locator(".day").first).to_be_in_viewport()
    assert sum("?before=" in url for url in watch.requests) == FEWER // 30


def test_a_wheel_brings_older_turns_and_nothing_moves(page, address, watch):
    opened(page, address)
    page.wait_for_timeout(300)
    watch.shifts.clear()
    page.mouse.move(600, 400)
    before = first(page)
    for _ in range(200):
        page.mouse.wheel(0, -400)
        page.wait_for_timeout(30)
        if first(page) < before - 30:
            break
    assert first(page) < before - 30
    assert watch.shifts == []


def test_back_from_elsewhere_shows_the_chat_again(page, address):
    page.goto(address)
    title = page.title()
    page.locator(".bench a", has_text="See profile").click()
    page.wait_for_url("**/assistants/**")
    page.go_back()
    page.wait_for_url(f"**{address}")
    assert page.title() == title
    expect(page.locator(f"#turn-{TURNS}")).to_be_attached()
    page.go_forward()
    page.wait_for_url("**/assistants/**")
    page.go_back()
    assert Chat(page).field.count() == 1


def test_without_a_script_older_turns_are_a_link_away(browser, lab, visitor, address):
    context = browser.new_context(base_url=lab.url, java_script_enabled=False)
    context.add_cookies([{"name": name, "value": value, "url": lab.url} for name, value in visitor.http.cookies.items()])
    page = context.new_page()
    page.goto(address)
    page.get_by_role("link", name="Earlier turns").click()
    expect(page.get_by_text("These are earlier turns of this chat.")).to_be_visible()
    page.get_by_role("link", name="Earlier turns").click()
    expect(page.locator(".turn-user")).to_have_count(30)
    page.get_by_role("link", name="Later turns").click()
    page.get_by_role("link", name="Back to the latest").click()
    expect(page.get_by_label("Your message")).to_be_visible()
    context.close()


def test_while_one_reads_an_older_part_a_reply_moves_nothing(page, address):
    """Last: it adds a turn."""
    page.goto(address)
    chat = Chat(page)
    chat.say(LONG).grown_to(100)
    scroll(page, 2000)
    page.wait_for_timeout(300)
    seen, top = page.evaluate(_SEEN)
    before = len(chat.words())
    wait_until(lambda: len(chat.words()) > before + 300, 20, "the reply does not go on")
    assert abs(page.evaluate(_TOP, seen) - top) < 1
    expect(page.get_by_role("button", name="New text. Jump to latest")).to_be_visible()
    page.get_by_role("button", name="New text. Jump to latest").click()
    expect(chat.reply.get_by_role("button", name="Stop")).to_be_in_viewport()
    chat.stop()
    chat.wait("stopped")
