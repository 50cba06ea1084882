"""An assistant's page where not all is as it should be: what it says, and the way on."""

import uuid

import pytest
from playwright.sync_api import expect

from tests.http_visitor import HttpVisitor

pytestmark = pytest.mark.browser


def test_another_model_is_said_and_who_can_not_be_met_has_a_page_that_says_why(page, lab, watch):
    watch.expected += ["404", "409", "410"]
    fay = lab.make_assistant(name="Future Fay", version={"model": "gpt-9-nova"})
    hal = lab.make_assistant(name="Half Hal", version={"model": ""})
    ada = lab.make_assistant(name="Old Ada", is_active=False)
    visitor = HttpVisitor(lab.url)
    visitor.sign_in(provider="openai", api_key=f"sk-browser-{uuid.uuid4().hex}")
    page.context.add_cookies([{"name": name, "value": value, "url": lab.url} for name, value in visitor.http.cookies.items()])

    page.goto(f"/assistants/{fay}/")
    expect(page.locator("#start-form .banner")).to_contain_text("was made for gpt-9-nova, which your key can’t use here.")
    preset = page.get_by_label("Model").input_value()
    expect(page.locator("#start-form .banner")).to_contain_text(f"It runs on {preset} instead")
    page.locator("#start-form").get_by_role("button", name="Chat with Future Fay").click()
    expect(page.locator("#chat-model")).to_have_text(preset)

    for code, heading in (
        (ada, "Old Ada is retired"),
        (hal, "Half Hal is not set up yet"),
        ("7K3QX9MZT2HD0VWN5B8R", "Nobody answers to this code"),
    ):
        page.goto(f"/assistants/{code}/")
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
        expect(page.get_by_role("button", name="Chat with")).to_have_count(0)
        page.get_by_role("link", name="Lounge").last.click()
        expect(page).to_have_title("Lounge · GPT Lab")
