"""Redis or the database goes away under an open chat, and comes back: said in words, and nothing is lost."""

import pytest
from playwright.sync_api import expect

from tests.away import database_away, redis_away

pytestmark = pytest.mark.browser

DRAFT = "on a bad day"


@pytest.fixture(autouse=True)
def expected(watch):
    watch.expected += ["503", "ERR_", "Failed to fetch", "network error"]


def refused(chat, words):
    """A message that can't be sent says why, and stays in the field."""
    chat.field.fill(DRAFT)
    chat.field.press("Enter")
    expect(chat.page.locator("#notice")).to_contain_text(words)
    expect(chat.page.locator("#notice")).to_contain_text("What you wrote is kept here.")
    expect(chat.field).to_have_value(DRAFT)


def goes_on(chat):
    with chat.answered():
        chat.field.press("Enter")
    chat.wait()
    assert chat.transcript()[-2]["text"] == DRAFT


def test_redis_away_is_said_in_the_page_and_on_the_next_and_the_visit_goes_on_after_it(chat, lab):
    page, address = chat.page, chat.page.url
    with redis_away(lab):
        refused(chat, "The part that keeps visits is away.")
        page.goto(address)
        expect(page.get_by_role("heading", name="Something that this needs is away")).to_be_visible()
        page.goto("/lounge/")
        expect(page.locator("#notice")).to_contain_text("The part that keeps visits is away.")
    page.goto(address)
    expect(chat.field).to_have_value(DRAFT)
    goes_on(chat)


def test_a_stream_outlives_redis(chat, lab):
    chat.say("[[script=slow:20:300]] A long one").grown_to(100)
    with redis_away(lab):
        chat.page.wait_for_timeout(500)
    chat.wait("done", seconds=60)
    assert chat.transcript()[-1]["text"].split() == [f"k{number:04d}" for number in range(300)]
    assert chat.words().split() == chat.transcript()[-1]["text"].split()


def test_the_database_away_is_said_and_the_draft_stays(chat, lab):
    page, address = chat.page, chat.page.url
    with database_away(lab):
        refused(chat, "The database can’t be reached.")
        page.goto(address)
        expect(page.get_by_text("The database can’t be reached.")).to_be_visible()
        expect(page.get_by_role("link", name="Reload")).to_be_visible()
    page.goto(address)
    expect(chat.field).to_have_value(DRAFT)
    goes_on(chat)
