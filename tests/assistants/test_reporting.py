import pytest

from accounts.models import User
from assistants.models import Report
from assistants.reporting import WORDS_MOST
from gptlab import rate_limits

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann(make_assistant, bob):
    return make_assistant(name="Ann", creator=bob)


@pytest.fixture(autouse=True)
def as_alice(sign_in, alice, monkeypatch):
    monkeypatch.setattr(rate_limits, "hit", lambda *args, **kwargs: None)
    sign_in(alice)


def send(client, assistant, **fields):
    return client.post(f"/assistants/{assistant.code}/report/", fields)


def test_a_report_arrives_and_says_what_happens(client, ann, alice):
    page = client.get(f"/assistants/{ann.code}/").content.decode()
    assert f"/assistants/{ann.code}/report/" in page
    answer = send(client, ann, reason="harmful", words="  It tells how to pick locks.  ")
    report = Report.objects.get()
    assert (report.assistant, report.reporter, report.reason) == (ann, alice, "harmful")
    assert report.words == "It tells how to pick locks."
    assert "with the moderators" in client.get(answer["Location"]).content.decode()


def test_said_again_it_is_the_same_report_until_it_is_closed(client, ann):
    send(client, ann, reason="spam")
    send(client, ann, reason="harmful", words="Worse than that.")
    assert Report.objects.get().reason == "harmful"
    Report.objects.update(closed_at="2026-01-01T00:00Z")
    send(client, ann, reason="spam")
    assert Report.objects.count() == 2


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"words": "Kept words"}, "reason", "Choose what is wrong."),
        ({"reason": "nonsense", "words": "Kept words"}, "reason", "Choose what is wrong."),
        ({"reason": "spam", "words": "Kept words" + "x" * WORDS_MOST}, "words", "in 1000 characters or fewer; these are 1010"),
        ({"reason": "other", "words": " \0 "}, "words", "Say in a few words"),
    ],
)
def test_what_does_not_fit_is_said_beside_the_field_and_kept(client, ann, fields, field, sentence):
    answer = send(client, ann, **fields)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert f'id="{field}_error"' in page
    assert "Kept words" in page or not fields["words"].strip(" \0")
    if fields.get("reason") in Report.Reason.values:
        assert f'value="{fields["reason"]}" required checked' in page
    assert not Report.objects.exists()


def test_words_are_encrypted_where_they_are_stored(client, ann, django_assert_num_queries):
    from django.db import connection

    send(client, ann, reason="other", words="Persimmon")
    with connection.cursor() as cursor:
        cursor.execute("SELECT words FROM assistants_report")
        assert "Persimmon" not in cursor.fetchone()[0]


def test_only_who_may_meet_it_can_report_it(client, sign_in, bob, ann, make_assistant):
    hidden = make_assistant(name="Hidden", creator=bob, visibility="private")
    assert send(client, hidden, reason="spam").status_code == 404
    sign_in(bob)
    assert send(client, ann, reason="spam").status_code == 404  # one's own
    assert f"/assistants/{ann.code}/report/" not in client.get(f"/assistants/{ann.code}/").content.decode()
    client.cookies.clear()
    assert send(client, ann, reason="spam").status_code == 401
    assert not Report.objects.exists()


def test_too_many_are_refused_and_what_was_typed_is_kept(client, ann, monkeypatch):
    from gptlab.errors import Limited

    def full(*args, **kwargs):
        raise Limited("That was often.", retry_after=60)

    monkeypatch.setattr(rate_limits, "hit", full)
    answer = send(client, ann, reason="spam", words="Kept words")
    assert answer.status_code == 429
    assert "That was often." in answer.content.decode()
    assert "Kept words" in answer.content.decode()


def test_queue_shows_open_ones_first_who_is_reported_most_and_not_by_whom(client, now, alice, bob, ann, make_assistant):
    zoe = make_assistant(name="Zoe")
    for assistant, reporter, closed in [(zoe, alice, None), (ann, alice, None), (ann, None, None), (zoe, bob, now)]:
        Report.objects.create(assistant=assistant, reporter=reporter, reason="spam", created_at=now, closed_at=closed)
    client.force_login(User.objects.create_superuser("root", "pw"))
    page = client.get("/admin/assistants/report/").content.decode()
    assert page.count('name="_selected_action"') == 3
    assert page.index(">Ann<") < page.index(">Zoe<")
    assert client.get("/admin/assistants/report/?open=no").content.decode().count('name="_selected_action"') == 1
    shown = client.get(f"/admin/assistants/report/{Report.objects.filter(reporter=alice).first().pk}/change/").content.decode()
    assert str(alice.pk) not in shown
    assert str(alice) not in shown


def test_moderators_close_reports(client, now, alice, ann):
    report = Report.objects.create(assistant=ann, reporter=alice, reason="spam", created_at=now)
    client.force_login(User.objects.create_superuser("root", "pw"))
    client.post("/admin/assistants/report/", {"action": "close", "_selected_action": [report.pk]})
    assert Report.objects.get().closed_at
