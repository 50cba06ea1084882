from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission

from accounts.models import User
from assistants.models import Assistant, Report
from chats import dashboard
from chats.models import Reply
from tests.chats.conftest import NOW
from tests.chats.talking import answer, start

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def forgotten():
    dashboard._charts.cache_clear()
    yield
    dashboard._charts.cache_clear()


@pytest.fixture
def busy(alice, visit, sam):
    """One chat that began today, with a reply after two seconds; and a report."""
    reply = answer(visit, start(alice, visit, sam), "Zebrafinkenmarker")
    Reply.objects.filter(pk=reply.pk).update(first_byte_at=NOW + timedelta(seconds=2), guard="literal")
    Report.objects.create(assistant=sam, reason="spam", words="Zebrafinkenmarker", created_at=NOW)
    Assistant.objects.update(risk=1)


def today(now=NOW):
    return {str(chart.label): chart.today for chart in dashboard.charts(now=now)}


def test_charts_have_thirty_days_today_the_last(busy):
    charts = dashboard.charts(now=NOW)
    assert {len(chart.rows) for chart in charts} == {30}
    assert today() == {
        "Visitors": 1, "Chats begun": 1, "Replies": 1, "Replies that failed": 0,
        "Seconds to the first word": 2, "Stopped by the guard": 1,
    }  # fmt: skip


def test_they_are_counted_once_a_minute(busy, django_assert_num_queries):
    now = NOW.replace(second=0)
    dashboard.charts(now=now)
    with django_assert_num_queries(0):
        dashboard.charts(now=now + timedelta(seconds=59))
    Reply.objects.update(state="failed")
    assert today(now + timedelta(seconds=60))["Replies that failed"] == 1


def test_what_waits_is_as_it_is_now(busy):
    waiting = dashboard.waiting()
    assert (waiting.queued, waiting.reports, waiting.appeals, waiting.audit_entries) == (1, 1, 0, 0)
    Report.objects.update(closed_at=NOW)
    assert dashboard.waiting().reports == 0


def staff(client, *codenames):
    user = User(username="mo", is_staff=True)
    user.set_password("a long password")
    user.save()
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client.force_login(user)
    return client


def test_the_admin_begins_with_it_and_loads_no_text(client, busy, django_assert_max_num_queries):
    with django_assert_max_num_queries(40) as queries:
        page = staff(client, "view_statistics").get("/admin/").content.decode()
    assert "What waits for you" in page
    assert 'aria-label="Stopped by the guard"' in page
    assert "style=" not in page
    assert "Zebrafinkenmarker" not in page
    read = " ".join(query["sql"] for query in queries.captured_queries)
    assert not [
        column for column in ("sealed_text", "sealed_title", "sealed_recap", "initial_prompt", '"words"') if column in read
    ]


def test_who_may_not_see_it_does_not(client, busy):
    assert "What waits for you" not in staff(client, "view_assistant").get("/admin/").content.decode()
