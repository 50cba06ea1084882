import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection

from assistants.models import Assistant, AssistantDay, Version

MARKER = "Zebrafinkenmarker"


@pytest.mark.django_db
def test_prompts_are_ciphertext_in_the_database(make_assistant):
    assistant = make_assistant(prompt=f"You are {MARKER}.")
    Version.objects.create(
        assistant=assistant, number=2, initial_prompt=MARKER, summary_prompt=MARKER, model="m", created_at=assistant.created_at
    )
    with connection.cursor() as cursor:
        for table in (Version._meta.db_table, Assistant._meta.db_table):
            cursor.execute(f"SELECT * FROM {table}")
            assert MARKER not in str(cursor.fetchall())
        cursor.execute(f"SELECT initial_prompt FROM {Version._meta.db_table}")
        assert all(token.startswith("gAAAA") for (token,) in cursor.fetchall())
    assert Version.objects.get(number=2).summary_prompt == MARKER


@pytest.mark.django_db
def test_a_prompt_cannot_be_searched_for(make_assistant):
    with pytest.raises(TypeError, match="encrypted"):
        Version.objects.filter(initial_prompt__contains="a").exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("visibility", "for_owner", "for_others"), [("listed", True, True), ("unlisted", True, True), ("private", True, False)]
)
def test_who_may_meet_an_assistant_by_code(make_assistant, alice, bob, visibility, for_owner, for_others):
    assistant = make_assistant(creator=alice, visibility=visibility)
    may = {
        user: Assistant.objects.open_to(user).filter(code=assistant.code).exists() for user in (alice, bob, AnonymousUser(), None)
    }
    assert may == {alice: for_owner, bob: for_others, AnonymousUser(): for_others, None: for_others}


@pytest.mark.django_db
def test_the_houses_private_assistants_are_nobodys(make_assistant):
    make_assistant(creator=None, visibility="private")
    for user in (AnonymousUser(), None):
        assert not Assistant.objects.open_to(user).exists()
    assert not Assistant.objects.made_by(AnonymousUser()).exists()


@pytest.mark.django_db
def test_deleting_an_assistant_takes_its_versions_along(make_assistant):
    make_assistant().delete()
    assert not Version.objects.exists()


@pytest.mark.django_db
def test_numbers_of_a_day_add_up(make_assistant, now):
    assistant = make_assistant()
    AssistantDay.count(assistant_id=assistant.pk, day=now.date(), sessions=1)
    AssistantDay.count(assistant_id=assistant.pk, day=now.date(), sessions=2, replies=5)
    day = AssistantDay.objects.get()
    assert (day.sessions, day.replies) == (3, 5)
