"""What moderators see: the queue, an assistant, a decision in the making, an appeal, the audit log."""

import json
import uuid

from tests.browser.stage import STAFF_PASSWORD
from tests.browser.states import state
from tests.browser.states.decisions import appealed, reported
from tests.totp import code_under


@state
def queue(stage):
    reported(stage)
    stage.staff("/admin/assistants/queuedassistant/")


@state
def assistants(stage):
    reported(stage)
    stage.staff("/admin/assistants/assistant/")


@state
def assistant(stage):
    reported(stage)
    page = stage.staff("/admin/assistants/queuedassistant/")
    page.get_by_role("link", name="Reported Ray").click()
    page.get_by_role("button", name="Read the prompts").wait_for()


@state
def decide(stage):
    assistant(stage)
    stage.page.get_by_role("button", name="Suspend…").click()
    stage.page.get_by_role("button", name="Suspend", exact=True).click()
    stage.page.get_by_text("Give a reason").wait_for()


@state
def prompts(stage):
    assistant(stage)
    stage.page.get_by_role("button", name="Read the prompts").click()
    stage.page.get_by_role("heading", name="Version 1").wait_for()


@state
def appeal(stage):
    appealed(stage)
    page = stage.staff("/admin/assistants/appeal/")
    page.get_by_role("link", name="Suspended").first.click()
    page.get_by_label("Answer").wait_for()


@state
def audit_log(stage):
    appealed(stage)
    stage.staff("/admin/accounts/auditentry/", name="mo")


@state
def dashboard(stage):
    """After thirty days of visits, and as who may do everything."""
    appealed(stage)
    reported(stage)
    stage.once("days", lambda: stage.lab.run("tests.fill_days"))
    stage.staff("/admin/", name="mo")


@state
def dashboard_of_a_moderator(stage):
    reported(stage)
    stage.staff("/admin/")


@state
def two_factor(stage):
    stage.staff("/admin/two-factor/")


@state
def recovery_codes(stage):
    """Set up by a member of the staff of its own: who has it needs a code in every other state."""
    name = f"mo-{uuid.uuid4().hex[:6]}"
    stage.lab.run("tests.make_moderator", json.dumps({"name": name, "password": STAFF_PASSWORD, "may_read_prompts": False}))
    page = stage.staff("/admin/two-factor/", name=name)
    page.get_by_label("Code").fill(code_under(page.locator(".lab-key").inner_text()))
    page.get_by_role("button", name="Turn it on").click()
    page.locator(".lab-codes").wait_for()


@state
def two_factor_is_on(stage):
    recovery_codes(stage)
    stage.page.goto("/admin/two-factor/")


@state
def two_factor_refused(stage):
    two_factor_is_on(stage)
    stage.page.get_by_label("Password").fill("a guess")
    stage.page.get_by_label("Code").fill("000000")
    stage.page.get_by_role("button", name="Turn it off").click()
    stage.page.locator("#two_factor_error").wait_for()


@state
def sign_in(stage):
    stage.signed_out("/admin/login/")
