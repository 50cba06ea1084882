from datetime import date

import pytest
from django.urls import reverse

from accounts.models import User
from assistants.models import AssistantDay, Version

pytestmark = pytest.mark.django_db
LIST = "/admin/assistants/assistant/"


@pytest.fixture
def staff(client):
    user = User.objects.create_superuser("staff", "a long password")
    client.force_login(user)
    return client


def test_the_list_tells_where_each_is_shown(staff, make_assistant):
    assistant = make_assistant(name="Listed Lee", session_type="coaching")
    page = staff.get(LIST).content.decode()
    for text in ("Listed Lee", assistant.code, "Coaching", "Listed"):
        assert text in page


def test_no_page_of_the_admin_shows_or_loads_a_prompt(staff, make_assistant, django_assert_max_num_queries):
    assistant = make_assistant(prompt="Zebrafinkenmarker")
    with django_assert_max_num_queries(40) as queries:
        page = staff.get(reverse("admin:assistants_assistant_change", args=[assistant.pk]))
    assert page.status_code == 200
    assert b"Zebrafinkenmarker" not in page.content
    assert b"gAAAA" not in page.content
    assert not any("initial_prompt" in query["sql"] for query in queries.captured_queries)


def test_of_the_houses_own_is_said_where_it_is_seen_and_nothing_else(staff, make_assistant):
    assistant = make_assistant(prompt="Zebrafinkenmarker")
    address = reverse("admin:assistants_assistant_change", args=[assistant.pk])
    data = {"name": "New name", "tagline": "t", "description": "d", "category": "data", "tags": "[]", "starters": "[]"}
    data |= {"session_type": "coaching", "visibility": "unlisted", "is_active": "on"}
    data |= {"versions-TOTAL_FORMS": "1", "versions-INITIAL_FORMS": "1", "versions-0-id": str(assistant.active_version_id)}
    for inline in ("reports", "decisions", "screenings"):
        data |= {f"{inline}-TOTAL_FORMS": "0", f"{inline}-INITIAL_FORMS": "0"}
    data |= {"versions-0-assistant": str(assistant.pk), "versions-0-model": "other"}
    before = Version.objects.values().get()
    assert staff.post(address, data).status_code == 302
    assistant.refresh_from_db()
    assert (assistant.name, assistant.visibility, assistant.showcased) == ("Robot 1", "unlisted", False)
    assert Version.objects.values().get() == before


def test_assistants_are_not_made_in_the_admin(staff):
    assert staff.get(f"{LIST}add/").status_code == 403


def test_visitors_have_no_business_there(client, sign_in, alice):
    sign_in(alice)
    assert client.get(LIST).status_code == 302


def test_staff_see_how_many_messages_were_flagged(staff, make_assistant):
    assistant = make_assistant()
    for day, flagged in ((date(2026, 11, 1), 2), (date(2026, 11, 2), 3)):
        AssistantDay.count(assistant_id=assistant.pk, day=day, flagged=flagged)
    assert '<td class="field-flagged">5</td>' in staff.get(LIST).content.decode()
