from datetime import timedelta

import pytest
from django.template import Context, Template

from chats.models import ChatSession
from tests.chats.conftest import NOW, visit_of

pytestmark = pytest.mark.django_db

LIST = "{% load recents %}{% recent_chats 2 as chats %}{% for chat in chats %}{{ chat.pk }} {% endfor %}"


def listed(visit):
    return Template(LIST).render(Context({"visit": visit})).split()


@pytest.fixture
def chats(alice, sam):
    def chat(minutes):
        moment = NOW + timedelta(minutes=minutes)
        return ChatSession.objects.create(
            user=alice, assistant=sam, version=sam.active_version, started_at=NOW, last_turn_at=moment
        )

    return [chat(minutes) for minutes in (1, 3, 2)]


def test_the_latest_chats_come_first(chats, visit):
    assert listed(visit) == [str(chats[1].pk), str(chats[2].pk)]


def test_only_ones_own_chats_are_listed(chats, bob):
    assert listed(visit_of(bob)) == []


def test_nobody_has_no_chats(chats):
    assert listed(None) == []


def test_the_list_is_one_query(chats, visit, django_assert_num_queries):
    source = LIST.replace("{{ chat.pk }}", "{{ chat.assistant.name }}")
    with django_assert_num_queries(1):
        Template(source).render(Context({"visit": visit}))
