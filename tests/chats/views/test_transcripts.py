"""Downloads: what stands in them, exactly, and what never does."""

import csv
import io

import pytest

from chats.models import ChatSession, Reply, Turn
from chats.sealing import vault_of
from tests.chats.views.talk import say, store, url

pytestmark = pytest.mark.django_db

FORMULAS = ['=HYPERLINK("http://evil.example")', "+1", "-1+1", "@SUM(A1)", "\t=1", "\n=1", "＝1"]


@pytest.fixture
def first(alice, opening):
    say(alice, opening, 'Comma, "quote"\nand line')
    reply = Reply.objects.select_related("turn").get(turn__number=1)
    store(reply, alice, "Well: **bold** שלום 👩‍👩‍👧")
    return reply


def got(alice, name, reply):
    return alice.client.get(url(name, reply))


def rows(answer):
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def test_csv_has_who_message_and_time_of_each(alice, first):
    answer = got(alice, "transcript-csv", first)
    head, *lines = rows(answer)
    assert head == ["who", "message", "time"]
    assert [line[:2] for line in lines] == [
        ["Sam", "Hello from **Sam**."],
        ["You", 'Comma, "quote"\nand line'],
        ["Sam", "Well: **bold** שלום 👩‍👩‍👧"],
    ]
    assert all(line[2].endswith("+00:00") for line in lines)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == f'attachment; filename="chat-{str(first.session_id)[:8]}.csv"'


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_a_formula(alice, opening, text):
    store(opening, alice, text)
    assert rows(got(alice, "transcript-csv", opening))[1][1] == f"'{text}"


@pytest.mark.parametrize("text", ["a\0b", "\u202e", "x" * 40_000, "'=1", "a,b;c\td"])
def test_other_cells_stay_as_they_are(alice, opening, text):
    store(opening, alice, text)
    assert rows(got(alice, "transcript-csv", opening))[1][1] == text


def test_markdown_has_title_who_when_and_what_was_said(alice, first):
    alice.client.post(url("rename", first), {"title": "On ice"})
    text = got(alice, "transcript-md", first).content.decode()
    assert text.startswith("# On ice\n\nSam · ")
    assert "\n\n## You · " in text
    assert "UTC\n\nWell: **bold** שלום 👩‍👩‍👧\n" in text


def test_json_has_all_of_it(alice, first):
    session = ChatSession.objects.get()
    ChatSession.objects.update(sealed_recap=vault_of(alice.visit).seal_recap("In short.", session_id=session.pk))
    alice.client.post(url("rename", first), {"title": "On ice"})
    alice.client.post(url("rate-reply", first), {"liked": "1"})
    data = got(alice, "transcript", first).json()
    assert (data["format"], data["version"], data["title"], data["recap"]) == ("gptlab-transcript", 1, "On ice", "In short.")
    assert [message["role"] for message in data["messages"]] == ["assistant", "user", "assistant"]
    assert data["messages"][2]["liked"] is True
    assert "## Recap\n\nIn short." in got(alice, "transcript-md", first).content.decode()


@pytest.mark.parametrize("name", ["transcript", "transcript-csv", "transcript-md"])
def test_what_is_damaged_is_told_and_stops_nothing(alice, first, name):
    Turn.objects.filter(number=1).update(sealed_text="nothing")
    text = got(alice, name, first).content.decode()
    assert "damaged" in text
    assert "Well" in text


@pytest.mark.parametrize("name", ["transcript", "transcript-csv", "transcript-md"])
def test_neither_prompt_is_in_a_transcript(alice, first, name):
    version = first.session.version
    version.initial_prompt, version.summary_prompt = "Mumblecore secret", "Pirate summary"
    version.save()
    text = got(alice, name, first).content.decode()
    assert "Mumblecore" not in text
    assert "Pirate" not in text


@pytest.mark.parametrize("name", ["transcript", "transcript-csv", "transcript-md"])
def test_what_an_edit_replaced_is_in_no_transcript(alice, first, name):
    Turn.objects.filter(number=1).update(superseded=True)
    assert "Comma" not in got(alice, name, first).content.decode()
