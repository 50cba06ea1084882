"""The loop: report, queue, suspend with a reason, appeal, restore. And reading a prompt, which leaves an entry."""

import json
import re
import uuid

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
PASSWORD = "a password that is long"


@pytest.fixture
def moderator(lab):
    name = f"mo-{uuid.uuid4().hex[:8]}"
    lab.run("tests.make_moderator", json.dumps({"name": name, "password": PASSWORD, "may_read_prompts": True}))
    return name


@pytest.fixture
def people(browser, lab):
    """Each in a browser of their own."""
    contexts = []

    def enter(**options):
        contexts.append(browser.new_context(base_url=lab.url, **options))
        return contexts[-1].new_page()

    yield enter
    for context in contexts:
        context.close()


def sign_in(page, path):
    page.goto(f"/sign-in/?next={path}")
    page.get_by_label("API key").fill(f"sk-person-{uuid.uuid4().hex}")
    page.get_by_role("button", name="Enter the lab").click()
    expect(page).to_have_url(re.compile(r"^[^?]*" + re.escape(path)))


def sign_in_as_staff(page, name, path):
    page.goto(path)
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(re.compile(r"^[^?]*" + re.escape(path)))


def publish(page, name, prompt):
    """Its code."""
    page.get_by_role("button", name="New assistant").first.click()
    expect(page).to_have_url(re.compile("/edit/"))
    page.wait_for_load_state()
    with page.expect_response(lambda answer: answer.request.method == "POST" and answer.ok):
        page.get_by_label("Prompt", exact=True).fill(prompt)
    code = page.url.split("/lab/")[1].split("/")[0]
    page.goto(f"/lab/{code}/publish/")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("In a few words").fill("Opens doors")
    page.get_by_label("Description").fill("Knows about locks.")
    page.get_by_role("radio", name="Listed Everybody").check()
    page.get_by_role("button", name="Publish").click()
    expect(page).to_have_url(re.compile(f"/lab/{code}/"))
    return code


def test_the_loop_from_report_to_restoring(people, moderator):
    name, secret = f"Lock {uuid.uuid4().hex[:6]}", f"Zebrafink {uuid.uuid4().hex}"
    alice, bob, staff = people(), people(), people(viewport={"width": 390, "height": 844})
    sign_in(alice, "/lab/")
    code = publish(alice, name, f"You are a locksmith. {secret}")

    sign_in(bob, f"/assistants/{code}/")
    bob.goto(f"/assistants/{code}/report/")
    bob.get_by_role("radio", name="Harmful or dangerous").check()
    bob.get_by_label("In your words").fill("It explains burglary.")
    bob.get_by_role("button", name="Send the report").click()
    expect(bob.get_by_role("heading", name="Thank you")).to_be_visible()

    sign_in_as_staff(staff, moderator, "/admin/assistants/queuedassistant/")
    row = staff.get_by_role("row").filter(has_text=name)
    expect(row).to_contain_text("Harmful or dangerous")
    row.get_by_role("checkbox").check()
    staff.get_by_label("Action:").select_option(label="Suspend")
    staff.get_by_role("button", name="Run").or_(staff.get_by_role("button", name="Go")).click()
    staff.get_by_label("Reason").fill("It explains burglary, see our terms.")
    staff.get_by_role("button", name="Suspend").click()
    expect(staff.get_by_text("1 decision was made.")).to_be_visible()
    expect(staff.get_by_role("row").filter(has_text=name)).to_have_count(0)
    assert bob.goto(f"/assistants/{code}/").status == 410

    alice.goto("/lab/")
    alice.get_by_role("link", name="Read it, and answer").click()
    expect(alice.get_by_text("It explains burglary, see our terms.")).to_be_visible()
    expect(alice.get_by_text(moderator)).to_have_count(0)
    alice.get_by_text("Appeal…").click()
    alice.get_by_label("Why should it be decided otherwise?").fill("It is for people who are locked out.")
    alice.get_by_role("button", name="Send the appeal").click()
    expect(alice.get_by_text("Nobody has answered yet.")).to_be_visible()
    expect(alice.get_by_text("Appeal…")).to_have_count(0)

    staff.goto("/admin/assistants/queuedassistant/")
    expect(staff.get_by_role("row").filter(has_text=name)).to_contain_text("an appeal")
    staff.goto("/admin/assistants/appeal/")
    staff.get_by_role("link", name=re.compile(name)).first.click()
    expect(staff.get_by_text("It is for people who are locked out.")).to_be_visible()
    staff.get_by_label("Answer").fill("You are right.")
    staff.get_by_role("button", name="Grant").click()
    expect(staff.get_by_text("Granted: the decision is undone.")).to_be_visible()

    alice.reload()
    expect(alice.get_by_text("You are right.").first).to_be_visible()
    assert bob.goto(f"/assistants/{code}/").status == 200


def test_reading_a_prompt_leaves_its_entry(people, moderator, lab):
    name, secret = f"Lock {uuid.uuid4().hex[:6]}", f"Zebrafink {uuid.uuid4().hex}"
    alice, staff = people(), people()
    sign_in(alice, "/lab/")
    code = publish(alice, name, f"You are a locksmith. {secret}")
    sign_in_as_staff(staff, moderator, "/admin/assistants/assistant/")
    staff.locator("#searchbar").fill(code)
    staff.keyboard.press("Enter")
    staff.get_by_role("link", name=name).click()
    expect(staff.get_by_text(secret)).to_have_count(0)
    staff.get_by_role("button", name="Read the prompts").click()
    expect(staff.get_by_text(secret)).to_be_visible()
    said = lab.run("tests.audit_entries")
    assert f"{moderator} read prompt assistant {code}" in said
    assert secret not in said
