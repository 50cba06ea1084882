"""What a double click on Publish, or two tabs, make of one assistant."""

import threading

import pytest
from django.db import connections
from django.urls import reverse

from assistants import lab
from assistants.models import Assistant
from tests.assistants.lab.bench import PROFILE, PROMPT

pytestmark = pytest.mark.django_db(transaction=True)


def press(alice, assistant, **fields):
    address = reverse("assistants:lab-publish", args=[assistant.code])
    return alice.client.post(address, PROFILE | fields | {"next": "publish"})


def both_at_once(act):
    answers, start = [], threading.Barrier(2)

    def run():
        start.wait()
        try:
            answers.append(act())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_a_double_click_on_the_first_publication_is_one_and_both_lead_to_it(alice, draft):
    answers = both_at_once(lambda: press(alice, draft))
    assert [answer.status_code for answer in answers] == [302, 302]
    assert all(answer["Location"].endswith("?new") for answer in answers)
    made = Assistant.objects.get()
    assert (made.name, made.versions.count()) == (PROFILE["name"], 1)


def test_whoever_read_it_before_the_other_published_puts_nothing_back(alice, made, now, monkeypatch):
    """The second request has read the assistant when the first one commits."""
    lab.keep(made, PROMPT | PROFILE | {"name": "New Name", "visibility": "private"}, now=now)
    owned, between = lab.owned, []

    def late(**told):
        found = owned(**told)
        if not between:
            between.append("now")
            press(alice, made, name="New Name", visibility="private")
        return found

    monkeypatch.setattr(lab, "owned", late)
    answer = press(alice, made, name="New Name", visibility="private")
    made.refresh_from_db()
    assert answer.status_code == 302
    assert (made.name, made.visibility) == ("New Name", "private")
