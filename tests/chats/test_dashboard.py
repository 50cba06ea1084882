import re
from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission

from accounts import audit, moderators
from accounts.models import User
from assistants.models import Assistant, Report
from chats import dashboard
from chats.models import Reply
from chats.templatetags.dashboard import figure
from gptlab.fields import EncryptedTextField
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


def test_each_chart_has_a_scale_and_a_sum_where_that_means_something(busy):
    by_label = {str(chart.label): chart for chart in dashboard.charts(now=NOW)}
    assert by_label["Replies"].most == (NOW.date(), 1)
    assert by_label["Replies that failed"].most is None
    assert by_label["Replies"].total == 1
    assert [label for label, chart in by_label.items() if chart.total is None] == ["Visitors", "Seconds to the first word"]


def test_what_waits_is_as_it_is_now(busy):
    waiting = dashboard.waiting()
    assert (waiting.queued, waiting.reports, waiting.appeals) == (1, 1, 0)
    Report.objects.update(closed_at=NOW)
    assert dashboard.waiting().reports == 0


def staff(client, *codenames):
    user = User(username="mo", is_staff=True)
    user.set_password("a long password")
    user.save()
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client.force_login(user)
    return client


def index(client):
    return client.get("/admin/").content.decode()


def test_the_admin_begins_with_it(client, busy):
    page = index(staff(client, "view_statistics", "view_report"))
    assert "What waits for you" in page
    assert "<strong>1</strong> open report" in page
    assert 'aria-label="Stopped by the guard"' in page
    assert len(re.findall(r"<title>\w+ \d+: [\d.–]+</title>", page)) == 6 * 30
    assert "style=" not in page
    assert "<script>" not in page


def secret_columns():
    """Of chats and assistants: what lies sealed or encrypted."""
    models = [model for model in apps.get_models() if model._meta.app_label in ("assistants", "chats")]
    fields = [field for model in models for field in model._meta.concrete_fields]
    return {field.column for field in fields if isinstance(field, EncryptedTextField) or field.column.startswith("sealed_")}


def test_it_loads_no_text_title_or_prompt(client, busy, django_assert_max_num_queries):
    moderator = staff(client, *moderators.RIGHTS)
    with django_assert_max_num_queries(40) as queries:
        page = index(moderator)
    assert "Zebrafinkenmarker" not in page
    assert {"sealed_text", "sealed_title", "initial_prompt", "words"} <= secret_columns()
    read = " ".join(query["sql"] for query in queries.captured_queries)
    assert "chats_reply" in read
    assert not [column for column in secret_columns() if f'"{column}"' in read]


def test_what_leads_nowhere_for_a_member_of_the_staff_is_not_shown(client, busy):
    page = index(staff(client, "view_statistics", "view_report"))
    assert "/admin/assistants/report/" in page
    assert "in the moderation queue" not in page
    assert "open appeal" not in page


def test_audit_log_tells_its_newest_digest_to_who_may_see_it(client, busy):
    audit.record("suspended", by=None, now=NOW)
    newest = audit.record("approved", by=None, now=NOW)
    assert newest.digest not in index(staff(client, "view_statistics"))
    User.objects.get(username="mo").user_permissions.add(Permission.objects.get(codename="view_auditentry"))
    page = index(client)
    assert newest.digest in page
    assert "2 entries." in page


def test_who_may_not_see_it_does_not(client, busy):
    page = index(staff(client, "view_assistant", "view_auditentry"))
    assert "Running this place" in page
    assert "lab-board" not in page


def test_who_may_do_everything_sees_it(client, busy):
    client.force_login(User.objects.create_superuser("root", "a long password"))
    assert "What waits for you" in index(client)


@pytest.mark.parametrize(("value", "shown"), [(None, "–"), (0, "0"), (1384, "1,384"), (0.912, "0.91"), (2.0, "2")])
def test_figures_are_short(value, shown):
    assert figure(value) == shown
