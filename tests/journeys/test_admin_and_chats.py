"""No page of the admin shows what people say to assistants, and none reads it: list, row, history, search, deleting."""

import re
import uuid

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse

from accounts.models import User
from chats.models import Reply
from tests.cast import visitor
from tests.chats.conftest import make_assistant
from tests.chats.talking import end

pytestmark = pytest.mark.django_db
MARKER = "Zebrafinkenmarker"
SECRET = ("sealed_text", "sealed_title", "sealed_recap", "sealed_flags", "sealed_summary", "initial_prompt", "summary_prompt")


@pytest.fixture
def talk():
    """A chat with a title, and with the marker in what was said."""
    alice, sam = visitor("alice"), make_assistant(name="Socratic Sam", prompt=f"You are Sam. {MARKER}")
    address = alice.client.post("/chats/start/", {"assistant": sam.code, "starter": f"{MARKER} hello"})["Location"]
    end(Reply.objects.get())
    alice.client.post(f"{address}rename/", {"title": f"{MARKER} title", "client_id": str(uuid.uuid4())})
    assert MARKER in alice.client.get(address).content.decode()
    return sam


@pytest.fixture
def root():
    client = Client()
    client.force_login(User.objects.create_superuser("root", "a long password"))
    return client


def pages():
    yield from (reverse("admin:index"), reverse("admin:two-factor"))
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield f"{reverse(f'{name}_changelist')}?q={MARKER}"
        yield reverse(f"{name}_changelist")
        for row in model._default_manager.all()[:3]:
            for kind in ("change", "history", "delete"):
                try:
                    yield reverse(f"{name}_{kind}", args=[row.pk])
                except NoReverseMatch:
                    continue


def test_no_chat_is_among_what_the_admin_has():
    of_chats = {model for model in admin.site._registry if model._meta.app_label == "chats"}
    assert of_chats == set()
    assert {"ChatSession", "Turn", "Reply"} <= {model.__name__ for model in apps.get_app_config("chats").get_models()}


def test_no_page_shows_or_reads_a_word_of_a_chat_or_a_prompt(talk, root):
    seen = 0
    for page in list(pages()):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answer = root.get(page)
        asked = re.compile(rf'(q=|q%3D|value=")?{MARKER}')  # what was searched for stands in the field and in links
        assert [found for found in asked.findall(answer.content.decode()) if not found] == [], page
        read = " ".join(query["sql"] for query in queries.captured_queries)
        assert [column for column in SECRET if f'"{column}"' in read] == [], page
        seen += answer.status_code == 200
    assert seen > 20
