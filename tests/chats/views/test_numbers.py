import pytest
from django.urls import reverse
from django.utils import timezone

from tests.chats.conftest import NOW, make_assistant
from tests.chats.test_numbers import people, talk

pytestmark = pytest.mark.django_db


def page_of(visitor, assistant):
    return visitor.client.get(reverse("chats:numbers", args=[assistant.code]))


def test_maker_sees_numbers_and_no_texts(alice):
    own = make_assistant(name="Alice's", creator=alice.user, prompt="marker-of-the-prompt")
    for user in people(11):
        talk(user, own, liked=True, sealed_title="marker-of-a-title")
    shown = page_of(alice, own).content.decode()
    assert "100 % of 10" in shown
    assert "marker-of" not in shown


def test_each_version_has_its_last_thirty_days(alice):
    own = make_assistant(name="Alice's", creator=alice.user)
    for user in people(11):
        talk(user, own, when=timezone.now())
    row = page_of(alice, own).content.decode().split("Version 1")[1]
    assert "<polyline" in row
    assert ": 0, 0, 0" in row
    assert ", 0, 10<" in row


def test_few_are_not_told(alice, bob):
    own = make_assistant(name="Alice's", creator=alice.user)
    talk(bob.user, own)
    assert "Fewer than 10 people" in page_of(alice, own).content.decode()


def test_of_others_there_are_no_numbers(alice, bob, sam):
    own = make_assistant(name="Alice's", creator=alice.user)
    assert {page_of(bob, own).status_code, page_of(bob, sam).status_code} == {404}


def test_lab_tells_people_and_opinions_of_all(alice):
    """Of those that are told by themselves: else retiring one would tell the few of another."""
    for name, count, liked in (("One", 12, 6), ("Two", 8, 8), ("Three", 10, 5)):
        make_assistant(name=name, creator=alice.user, people=count, raters=count, likers=liked, created_at=NOW)
    shown = alice.client.get("/lab/").content.decode()
    assert "<b>20</b>" in shown
    assert "<b>50 %</b>" in shown
