"""What moderators see: the queue, an assistant, a decision in the making, an appeal, the audit log."""

from tests.browser.states import state
from tests.browser.states.decisions import appealed, reported


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
    if "days" not in stage._made:
        stage.lab.run("tests.fill_days")
        stage._made["days"] = ""
    stage.staff("/admin/", name="mo")


@state
def dashboard_of_a_moderator(stage):
    reported(stage)
    stage.staff("/admin/")


@state
def two_factor(stage):
    stage.staff("/admin/two-factor/")


@state
def sign_in(stage):
    stage.signed_out("/admin/login/")
