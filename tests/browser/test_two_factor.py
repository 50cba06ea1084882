"""Staff set up a second factor, and sign in with it: on a phone, as they may have to."""

import json
import re
import uuid

import pytest
from playwright.sync_api import expect

from tests.totp import code_under

pytestmark = pytest.mark.browser
PASSWORD = "a password that is long"


@pytest.fixture
def moderator(lab):
    name = f"mo-{uuid.uuid4().hex[:8]}"
    lab.run("tests.make_moderator", json.dumps({"name": name, "password": PASSWORD, "may_read_prompts": False}))
    return name


def sign_in(page, name, code=""):
    page.goto("/admin/login/")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Log in").click()


def test_it_is_set_up_and_then_asked_for(page, moderator):
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, moderator)
    page.get_by_role("link", name="Two-factor").click()
    square = page.get_by_role("img", name=re.compile("^A square to scan")).locator("svg")
    assert square.bounding_box()["width"] > 150
    page.get_by_label("Code").fill(code_under(page.locator(".lab-key").inner_text()))
    page.get_by_role("button", name="Turn it on").click()
    codes = page.locator(".lab-codes code")
    expect(codes).to_have_count(10)
    first = codes.first.inner_text()
    page.locator(".lab-codes").click()
    assert first in page.evaluate("getSelection().toString()")
    page.get_by_role("link", name="I have kept them").click()
    page.get_by_role("button", name="Log out").click()

    sign_in(page, moderator)
    expect(page.get_by_text("Give the code of your app")).to_be_visible()
    page.wait_for_timeout(1100)  # a wrong code makes the next one wait
    sign_in(page, moderator, first)
    expect(page.get_by_role("button", name="Log out")).to_be_visible()
