"""The form that takes a transcript in."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from chats.models import ChatSession
from chats.transcript_reading import MOST_BYTES
from tests.chats.views.talk import url

pytestmark = pytest.mark.django_db


def send(someone, data, **fields):
    file = SimpleUploadedFile("chat.json", data, "application/json")
    return someone.client.post(reverse("chats:import"), {"transcript": file} | fields)


def test_a_downloaded_transcript_becomes_a_chat_that_reads_the_same(alice, opening):
    data = alice.client.get(url("transcript", opening)).content
    answer = send(alice, data, client_id="7f0c1d1e-0d8a-4a54-9d2c-2f1f2c4f6a01")
    session = ChatSession.objects.exclude(pk=opening.session_id).get()
    assert (answer.status_code, answer["Location"]) == (302, reverse("chats:session", args=[session.pk]))
    page = alice.client.get(answer["Location"]).content.decode()
    assert "Hello from <strong>Sam</strong>." in page
    assert "The chat is imported." in page


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"{}", "no transcript of a chat"),
        (b"x", "no JSON"),
        (b"", "Choose a transcript"),
        (b" " * (MOST_BYTES + 1), "The file is too large"),
    ],
    ids=["object", "text", "empty", "large"],
)
def test_a_file_that_is_none_is_refused_in_its_place_on_the_page(alice, opening, data, words):
    answer = send(alice, data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page.partition('id="import-error"')[2]
    assert 'id="import" open' in page
    assert url("session", opening) in page
    assert ChatSession.objects.count() == 1


def test_no_file_at_all_is_told(alice):
    answer = alice.client.post(reverse("chats:import"))
    assert (answer.status_code, "Choose a transcript" in answer.content.decode()) == (422, True)


def test_no_upload_touches_the_disk(alice, opening, monkeypatch):
    monkeypatch.setattr("django.core.files.temp.NamedTemporaryFile", lambda *_, **__: pytest.fail("a file on the disk"))
    data = alice.client.get(url("transcript", opening)).content
    assert send(alice, data + b" " * (MOST_BYTES - 10_000)).status_code == 302
