"""The pages of words: ours, the operator's in their place, what they may say, and what is wrong with one that can't be read."""

import os
import re

import pytest
from django.utils import translation

from assistants.models import Report
from assistants.personalities import PERSONALITIES
from gptlab import checks, words
from gptlab.words import facts, reading
from tests.conventions import source


@pytest.fixture
def folder(settings, tmp_path):
    settings.PAGES_FOLDER = tmp_path
    return tmp_path


def write(path, text, *, at=1):
    """`at`: files of a test are written faster than some clocks tick."""
    path.write_text(text)
    os.utime(path, (at, at))


def ours(name):
    return (reading.OURS / f"{name}.md").read_text()


def visible(html):
    return re.sub(r"<[^>]+>", "", html)


# Ours


def test_ours_can_all_be_read(folder):
    assert list(words.troubles()) == []


@pytest.mark.parametrize("name", words.NAMES)
def test_of_ours_every_link_within_the_site_leads_somewhere(client, db, name):
    page = words.page(name)
    for address in re.findall(r'href="([/#][^"]*)"', page.opening + page.html):
        path, _, anchor = address.partition("#")
        html = client.get(path or f"/{name}/").content.decode()
        assert not anchor or f'id="{anchor}"' in html, address


def test_the_questions_are_answered_that_people_have():
    ids = {each.id for heading in words.page("faq").contents for each in heading.below}
    assert ids >= {
        "what", "why", "api-key", "get-a-key", "each-visit", "cost", "quota", "create", "initial-prompt", "good-prompts",
        "personality", "models", "confidential", "not-allowed", "ownership",
    }  # fmt: skip


def test_the_questions_know_each_personality_and_its_parameters():
    html = words.page("faq").html
    for personality in PERSONALITIES.values():
        assert str(personality.label) in html
        assert all(name.replace("_", " ").capitalize() in html for name in personality.parameters)


def test_what_may_be_reported_may_not_be_created():
    rules = visible(words.page("terms").html).lower()
    stems = {
        "harmful": "dangerous", "illegal": "against the law", "hateful": "hateful", "sexual": "sexual",
        "personal": "personal data", "deceptive": "pretend", "stolen": "somebody else’s work", "spam": "advertise",
    }  # fmt: skip
    assert set(stems) == set(Report.Reason.values) - {"other"}
    assert [stem for stem in stems.values() if stem not in rules] == []


def test_the_tests_that_show_a_promise_are_there():
    named = re.findall(r"`(tests/[^`]+)`", ours("about"))
    assert len(named) > 10
    assert [name for name in named if not (source.REPOSITORY / name).exists()] == []


def test_numbers_come_from_the_settings(settings):
    settings.VISIT_IDLE_SECONDS, settings.VISIT_MOST_SECONDS, settings.RELAY_SECONDS = 20 * 60, 3600, 5 * 60
    for name in ("faq", "privacy", "about"):
        text = visible(words.page(name).html)
        assert "after 20 minutes without a click" in text
        assert "1 hour" in text
    assert "5 minutes in any case" in visible(words.page("privacy").html)


def test_where_to_write_is_said_or_that_there_is_nowhere(settings):
    assert "has given no address" in words.page("about").html
    settings.CONTACT_EMAIL = "lab_team@example.org"
    html = words.page("about").html
    assert '<a href="mailto:lab_team@example.org" rel="noopener noreferrer">lab_team@example.org</a>' in html
    assert 'id="contact"' in html


def test_a_provider_is_called_as_the_operator_calls_it(settings):
    settings.KEYLESS_SERVERS = ["*Attic* [x](y)=http://127.0.0.1:9/v1"]
    assert "*Attic* [x](y)" in words.page("about").html


# The operator's


def test_the_operators_copy_stands_in_for_ours_file_by_file(folder):
    write(folder / "faq.md", "# Ask us\n\nAnything.")
    assert words.page("faq").title == "Ask us"
    assert words.page("about").title == "About GPT Lab"


def test_it_is_read_again_when_it_changes_and_only_then(folder, monkeypatch):
    read = []
    parse = reading.parse
    monkeypatch.setattr(reading, "parse", lambda path: read.append(path) or parse(path))
    write(folder / "faq.md", "# One\n")
    assert [words.page("faq").title for _ in range(3)] == ["One"] * 3
    write(folder / "faq.md", "# Two\n", at=2)
    assert [words.page("faq").title for _ in range(3)] == ["Two"] * 3
    (folder / "faq.md").unlink()
    assert words.page("faq").title == "Questions"
    assert read.count(folder / "faq.md") == 2


def test_a_page_is_made_into_html_once(folder, monkeypatch):
    words.page("faq")
    monkeypatch.setattr("gptlab.markdown.document._html", lambda _tokens: pytest.fail("made anew"))
    words.page("faq")


def test_the_active_language_is_preferred(folder):
    write(folder / "faq.md", "# Questions of ours\n")
    write(folder / "faq.de.md", "# Fragen\n")
    titles = {}
    for language in ("en", "de", "de-at", "fr"):
        with translation.override(language):
            titles[language] = words.page("faq").title
    assert titles == {"en": "Questions of ours", "de": "Fragen", "de-at": "Fragen", "fr": "Questions of ours"}


def test_theirs_counts_before_ours_in_another_language(folder, monkeypatch, tmp_path_factory):
    """Terms of their own in English are what a German agrees to, too."""
    delivered = tmp_path_factory.mktemp("delivered")
    monkeypatch.setattr(reading, "OURS", delivered)
    write(delivered / "terms.de.md", "version: 1\n\n# Bedingungen\n")
    write(folder / "terms.md", "version: 2\n\n# Our terms\n")
    with translation.override("de"):
        assert words.page("terms").title == "Our terms"


def test_the_terms_that_count_are_those_of_the_operator(folder):
    write(folder / "terms.md", "version: 2027-01 b\n\n# Terms\n")
    assert words.terms_version() == "2027-01 b"


@pytest.mark.parametrize("name", ["terms", "privacy"])
def test_it_says_so_until_somebody_has_reviewed_it(client, db, folder, name):
    assert words.page(name).needs_review
    assert "Whoever runs this lab has not said yet" in client.get(f"/{name}/").content.decode()
    write(folder / f"{name}.md", ours(name).replace("reviewed: no", "reviewed: yes"))
    assert not words.page(name).needs_review
    assert "Whoever runs this lab has not said yet" not in client.get(f"/{name}/").content.decode()


def test_questions_need_no_review(client, db):
    assert "has not said yet" not in client.get("/faq/").content.decode()


def test_its_links_and_headings_are_safe(folder):
    tried = "<script>x</script> [a](javascript:x) [b](//evil.example/) [c](/faq/#place) ![d](https://e.example/d.png)"
    write(folder / "faq.md", f"# T\n\n{tried}\n\n## a <b>\n")
    page = words.page("faq")
    assert re.findall(r'href="([^"]*)"', page.opening) == ["/faq/#place", "https://e.example/d.png"]
    assert "<script" not in page.opening
    assert "<img" not in page.opening
    assert "<b>" not in page.html


def test_headings_that_are_alike_have_ids_of_their_own(folder):
    write(folder / "faq.md", "contents: yes\n\n# T\n\n## Why?\n\n### Why?\n\n## Und wäre *das*? {#b}\n")
    page = words.page("faq")
    found = [(heading.id, heading.words, [each.id for each in heading.below]) for heading in page.contents]
    assert found == [("why", "Why?", ["why-2"]), ("b", "Und wäre das?", [])]
    assert 'id="why-2"' in page.html
    assert "{#" not in page.html


# What is wrong


WRONG = [
    ("faq.md", "# T\n\n{{ weather }}", "{{ weather }} is unknown; there are contact,"),
    ("faq.md", "versoin: 1\n\n# T\n", "'versoin' is nothing that its head can say"),
    ("faq.md", "version: 1\nversion: 2\n\n# T\n", "line 2: 'version' is said twice"),
    ("faq.md", "Questions\n\n# T\n", "line 1: a head of `name: value` lines"),
    ("faq.md", "version: 1\n# T\n", "line 1: a head of `name: value` lines and an empty line"),
    ("faq.md", "contents: perhaps\n\n# T\n", "`contents:` must be yes or no"),
    ("faq.md", "version: 1\n\nT\n", "it must begin with its title"),
    ("faq.md", "", "a head of `name: value` lines"),
    ("terms.md", "reviewed: yes\n\n# T\n", "its head must say `version:`"),
    ("terms.md", f"version: {'1' * 33}\n\n# T\n", "at most 32 characters"),
    ("terms.de.md", "version: 1\n\n# T\n", "terms.md has another version"),
    ("imprint.md", "# T\n", "there is no such page"),
]


@pytest.mark.parametrize(("name", "text", "trouble"), WRONG)
def test_a_file_that_can_not_be_a_page_is_an_error_of_the_check(folder, name, text, trouble):
    write(folder / name, text)
    (error,) = checks.check_pages(None)
    assert error.id == "gptlab.W004"
    assert error.msg.startswith(name)
    assert trouble in error.msg


def test_what_is_no_text_is_an_error_too(folder):
    (folder / "faq.md").write_bytes(b"# \xff\xfe")
    assert "UTF-8" in checks.check_pages(None)[0].msg


def test_until_it_is_mended_the_words_before_it_stay(folder, caplog):
    write(folder / "terms.md", "version: 7\n\n# Mine\n")
    assert words.terms_version() == "7"
    write(folder / "terms.md", "verzion: 8\n\n# Mine\n", at=2)
    assert [words.terms_version(), words.page("terms").title] == ["7", "Mine"]
    assert caplog.text.count("'verzion' is nothing") == 1


def test_a_new_process_shows_ours_in_its_place(folder):
    write(folder / "faq.md", "no head\n\n# Mine\n")
    assert words.page("faq").title == "Questions"


def test_every_fact_makes_words():
    assert [name for name, fact in facts.FACTS.items() if not fact()] == []


def test_a_table_scrolls_inside_itself(folder):
    write(folder / "privacy.md", "# T\n\n| what | why |\n|---|---|\n| a | b |\n")
    html = words.page("privacy").opening
    assert '<div class="table-wrap" tabindex="0"><table>' in html
    assert "</table></div>" in html
