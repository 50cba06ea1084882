"""An assistant's page."""

from tests.browser.states import state


@state
def signed_out(stage):
    stage.signed_out(f"/assistants/{stage.code()}/")


@state
def signed_in(stage):
    stage.signed_in(f"/assistants/{stage.code()}/")


@state
def key_that_only_reads(stage):
    stage.reading_only(f"/assistants/{stage.code()}/")


@state
def unknown(stage):
    stage.signed_in("/assistants/7K3QX9MZT2HD0VWN5B8R/")


@state
def fallback_model(stage):
    stage.signed_in(f"/assistants/{stage.assistant(name='Future Fay', version={'model': 'gpt-9-nova'})}/")


@state
def past_chats(stage):
    stage.signed_in(f"/assistants/{stage.talked_with}/")


@state
def past_chats_page_2(stage):
    stage.signed_in(f"/assistants/{stage.talked_with}/?past=2#past")


@state
def ones_own_private(stage):
    stage.signed_in(f"/assistants/{stage.own}/")


@state
def retired(stage):
    stage.signed_in(f"/assistants/{stage.assistant(name='Old Ada', is_active=False)}/")


@state
def not_set_up(stage):
    stage.signed_in(f"/assistants/{stage.assistant(name='Half Hal', version={'model': ''})}/")


@state
def long_name_from_right_to_left(stage):
    code = stage.assistant(
        name="مساعد الدراسة والبحث الذكي 👩‍🚀", tagline="W" * 25, description="ش" * 250, starters=["W" * 200, "؟"]
    )
    stage.signed_in(f"/assistants/{code}/")


@state
def report(stage):
    stage.signed_in(f"/assistants/{stage.code()}/report/")


@state
def report_wrong(stage):
    page = stage.signed_in(f"/assistants/{stage.code()}/report/")
    page.get_by_label("In your words").fill("It says that it is my bank, and asks for my card.")
    page.get_by_role("button", name="Send the report").click()
    page.locator("#reason_error").wait_for()


@state
def report_sent(stage):
    page = stage.signed_in(f"/assistants/{stage.code()}/report/")
    page.get_by_label("Pretends to be somebody").check()
    page.get_by_role("button", name="Send the report").click()
    page.get_by_role("heading", name="Thank you").wait_for()
