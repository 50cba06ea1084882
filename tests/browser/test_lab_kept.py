"""Nothing that is typed into the Lab gets lost, however soon one leaves and whatever is away then."""

import re
import uuid

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
TEXT = "You are Sparring, who argues back."
LONG = "Спорь. " * 4_500 + "The end."


@pytest.fixture
def key():
    return f"sk-keeper-{uuid.uuid4().hex}"


@pytest.fixture
def prompt(page, key):
    """The field, on a page that was loaded to its end."""
    page.goto("/sign-in/?next=/lab/new/")
    page.get_by_label("API key").fill(key)
    page.get_by_role("button", name="Enter the lab").click()
    page.get_by_role("button", name="Begin").click()
    expect(page).to_have_url(re.compile("/edit/"))
    page.wait_for_load_state()
    return page.get_by_label("Prompt", exact=True)


def saved(page):
    return page.expect_response(lambda answer: answer.request.method == "POST" and answer.ok)


def test_what_was_typed_a_moment_before_a_reload_is_there(page, prompt):
    prompt.fill(TEXT)
    page.reload()
    expect(prompt).to_have_value(TEXT)


def test_and_so_is_what_came_after_the_last_saving(page, prompt):
    with saved(page):
        prompt.fill("You are")
    prompt.fill(TEXT)
    page.get_by_role("radio", name="Custom").check()
    page.reload()
    expect(prompt).to_have_value(TEXT)
    expect(page.get_by_role("radio", name="Custom")).to_be_checked()


def test_a_link_that_is_clicked_at_once_takes_it_along(page, prompt, lab):
    edit = page.url
    prompt.fill(TEXT)
    page.get_by_role("link", name="Lab", exact=True).first.click()
    expect(page).to_have_url(re.compile("/lab/$"))
    other = page.context.new_page()  # another tab has nothing of its own
    other.goto(edit)
    expect(other.get_by_label("Prompt", exact=True)).to_have_value(TEXT)


def test_what_is_typed_after_the_visit_has_ended_is_there_after_signing_in_again(page, prompt, context, watch, key):
    watch.expected += ["401", "422"]
    with saved(page):
        prompt.fill("You are")
    context.clear_cookies(name="visit")
    prompt.fill(TEXT)
    expect(page.locator("#notice")).to_contain_text("Your visit has ended")
    page.get_by_label("API key").fill(key)
    page.get_by_role("button", name="Sign in again").click()
    expect(page.locator("#toasts")).to_contain_text("You are back")
    expect(prompt).to_have_value(TEXT)


def test_what_the_server_has_from_elsewhere_since_is_not_written_over(page, prompt, context, watch):
    """The line was cut while one typed here; then one went on in another tab."""
    watch.expected += ["Failed to fetch", "ERR_"]
    edit = page.url
    page.route("**/edit/", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    prompt.fill("Older, and never sent.")
    page.wait_for_timeout(900)
    other = context.new_page()
    other.goto(edit)
    other.wait_for_load_state()
    with saved(other):
        other.get_by_label("Prompt", exact=True).fill(TEXT)
    page.reload()
    expect(prompt).to_have_value(TEXT)


def test_nothing_of_it_stays_in_the_tab_once_it_has_arrived_or_its_writer_signs_out(page, prompt):
    with saved(page):
        prompt.fill(TEXT)
    kept = "Object.keys(sessionStorage).filter((key) => key.startsWith('draft-lab')).length"
    page.wait_for_timeout(100)
    assert page.evaluate(kept) == 0
    prompt.fill(f"{TEXT} More.")
    assert page.evaluate(kept) == 1
    page.locator(".seal summary").first.click()
    page.get_by_role("button", name="Sign out").first.click()
    expect(page.get_by_role("button", name="Try it without a key").first).to_be_visible()
    assert page.evaluate(kept) == 0


def test_signing_out_takes_the_last_words_along(page, prompt, key):
    edit = page.url
    page.locator(".seal summary").first.click()
    prompt.fill(TEXT)
    page.get_by_role("button", name="Sign out").first.click()
    expect(page.get_by_role("button", name="Try it without a key").first).to_be_visible()
    page.goto(f"/sign-in/?next={edit.partition('/lab')[1]}{edit.partition('/lab')[2]}")
    page.get_by_label("API key").fill(key)
    page.get_by_role("button", name="Enter the lab").click()
    expect(prompt).to_have_value(TEXT)


def test_what_went_with_a_button_does_not_come_back_over_what_stands_there_since(page, prompt):
    """Published, and rolled back: the field has what it had when one began to type."""
    prompt.fill("Be kind.")
    page.get_by_role("button", name="Skip the test drive").click()
    for label, text in (("Name", "Kind Kit"), ("In a few words", "Asks"), ("Description", "Asks you.")):
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_role("button", name="Publish").click()
    page.get_by_role("link", name="Revise").click()
    prompt.fill("Be strict.")
    page.get_by_role("button", name="Skip the test drive").click()
    page.get_by_role("button", name="Publish the changes").click()
    page.get_by_role("link", name="Versions").click()
    page.get_by_role("button", name="Use version 1").click()
    page.get_by_role("link", name="Revise").click()
    page.wait_for_load_state()
    expect(prompt).to_have_value("Be kind.")


def test_a_button_that_is_pressed_after_the_visit_has_ended_loses_nothing(page, prompt, context, watch, key):
    watch.expected += ["401", "422"]
    edit = page.url
    context.clear_cookies(name="visit")
    prompt.fill(TEXT)
    page.get_by_role("button", name="Go to the test drive").click()
    expect(page.get_by_label("API key").first).to_be_visible()
    path = edit[edit.index("/lab/") :]
    page.goto(f"/sign-in/?next={path}")
    page.get_by_label("API key").fill(key)
    page.get_by_role("button", name="Enter the lab").click()
    expect(prompt).to_have_value(TEXT)


def test_a_prompt_that_is_too_long_to_go_with_the_page_is_there_after_a_reload(page, prompt):
    """A page that goes may send 64 kB, and this is three times that in an address's letters."""
    prompt.fill(LONG)
    page.reload()
    expect(prompt).to_have_value(re.compile("^Спорь.{31000,} The end.$"))


def test_what_was_typed_beside_the_trial_goes_on_with_every_button_however_long_it_is(page, prompt):
    edit = page.url
    for number, button in enumerate(("Finish", "Back to the prompt", "Personality and model", "Leak check")):
        page.goto(edit.replace("/edit/", "/trial/"))
        page.wait_for_load_state()
        prompt.fill(f"{LONG} {number}")
        page.get_by_role("button", name=button).click()
        expect(page).not_to_have_url(re.compile("/trial/"))
        other = page.context.new_page()  # another tab has nothing of its own
        other.goto(edit)
        expect(other.get_by_label("Prompt", exact=True)).to_have_value(re.compile(f" The end. {number}$"))
        other.close()


def test_a_page_that_is_put_away_sends_what_it_has(page, prompt):
    """As on a phone, which may end it without another word. Time stands still, so that nothing goes by itself."""
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))
    prompt.fill(TEXT)
    with saved(page):
        page.evaluate("""() => {
          Object.defineProperty(document, "visibilityState", { value: "hidden" });
          document.dispatchEvent(new Event("visibilitychange"));
        }""")
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.get_by_label("Prompt", exact=True)).to_have_value(TEXT)


def test_a_button_that_is_pressed_again_while_its_form_goes_sends_nothing_more(page, prompt):
    prompt.fill(TEXT)
    went = page.evaluate("""() => {
      const went = [];
      addEventListener("submit", (event) => {
        went.push(event.submitter.value);
        event.preventDefault(); // the page stays, as while its answer is awaited
      });
      for (let time = 0; time < 2; time += 1) document.querySelector("button[value=publish]").click();
      return went;
    }""")
    assert went == ["publish"]
