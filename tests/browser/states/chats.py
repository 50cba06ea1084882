"""All of one's chats, the search in them, and the pages that ask before deleting."""

from playwright.sync_api import expect

from tests.browser.states import state


@state
def listed(stage):
    stage.new_chat()
    stage.say("What is a leek?")
    stage.ended()
    stage.signed_in("/chats/")


@state
def none(stage):
    stage.signed_in_anew("/chats/")


@state
def import_refused(stage):
    listed(stage)
    page = stage.page
    page.get_by_text("Import a transcript…").click()
    page.get_by_label("A transcript that you downloaded").set_input_files({"name": "c.json", "mimeType": "", "buffer": b"{}"})
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.locator("#import-error")).to_be_visible()


@state
def found(stage):
    listed(stage)
    page = stage.signed_in("/chats/?q=leek")
    expect(page.get_by_text("That was all.")).to_be_visible()


@state
def found_nothing(stage):
    listed(stage)
    page = stage.signed_in("/chats/?q=rhubarb")
    expect(page.get_by_text("Nobody said")).to_be_visible()


@state
def delete_one(stage):
    page = stage.chat()
    page.goto(page.url.partition("#")[0] + "delete/")


@state
def delete_all(stage):
    stage.chat()
    stage.signed_in("/chats/delete/")
