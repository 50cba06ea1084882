"""The page of an assistant's versions."""

import pytest

from assistants.models import Version
from assistants.views import made as views
from gptlab import crypto
from tests.assistants.lab.bench import MARKER, publish
from tests.assistants.lab.test_pages import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(alice, made, now):
    """With four versions."""
    for prompt in ("Second.", "Third.", "Fourth."):
        publish(made, alice.visit, now=now, initial_prompt=prompt)
    return made


def test_every_version_can_be_reached_however_many_there_are(alice, made, monkeypatch):
    monkeypatch.setattr(views, "VERSIONS_TO_A_PAGE", 2)
    address = f"/lab/{made.code}/versions/"
    pages = [words(alice.client.get(address, {"page": page})) for page in (1, 2)]
    assert ["Use version 3" in page for page in pages] == [True, False]
    assert ["Use version 1" in page for page in pages] == [False, True]
    assert f"Before: You are Sparring, {MARKER}" in words(alice.client.get(address, {"from": "1", "to": "4"}))
    refused = alice.client.post(f"{address}1/note/", {"note": "x" * 251})
    assert 'id="note-1-error"' in refused.content.decode()
    assert f'href="{address}?page=1"' in refused.content.decode()


def test_the_history_opens_the_prompts_of_two_versions(alice, made, monkeypatch):
    opened = []
    unseal = crypto.unseal_under_list
    monkeypatch.setattr(crypto, "unseal_under_list", lambda *told: opened.append(1) or unseal(*told))
    alice.client.get(f"/lab/{made.code}/versions/")
    assert len(opened) == 2 * 2  # each has two prompts


def test_the_first_of_many_versions_can_still_be_compared(alice, made, now):
    told = {"assistant": made, "initial_prompt": "Again.", "model": "gpt-4.1-mini", "created_at": now}
    Version.objects.bulk_create(Version(number=number, **told) for number in range(5, 106))
    page = alice.client.get(f"/lab/{made.code}/compare/", {"left": "1", "right": "105"}).content.decode()
    assert '<option value="1" selected' in page
