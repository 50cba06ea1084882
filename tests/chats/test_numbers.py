from datetime import timedelta

import pytest

from accounts.models import Credential, User
from assistants.models import Assistant, AssistantDay
from assistants.numbers import Month, months_of, together
from chats import numbers
from chats.models import ChatSession, Turn
from chats.numbers import VersionNumbers
from tests.chats.conftest import NOW, make_assistant

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def people(count):
    return [User.objects.create_visitor(terms_version="t", now=NOW) for _ in range(count)]


def talk(user, assistant, *, words=1, when=NOW, **more):
    """A session in which the assistant opened, and the visitor said something so many times."""
    values = {"version": assistant.active_version, "started_at": when, "last_turn_at": when}
    session = ChatSession.objects.create(user=user, assistant=assistant, **(values | more))
    for number in range(words + 1):
        Turn.objects.create(session=session, number=number, sealed_text="sealed" if number else None, created_at=when)
    return session


def popularity(assistant):
    row = Assistant.objects.get(pk=assistant.pk)
    return row.people, row.raters, row.likers


def people_of_the_day(assistant, when=NOW):
    return AssistantDay.objects.filter(assistant=assistant, day=when.date()).values_list("people", flat=True).first()


def test_people_count_once_however_much_they_say(sam, alice, bob):
    for _ in range(3):
        talk(alice, sam, words=4)
    talk(bob, sam)
    numbers.refresh(now=NOW)
    assert popularity(sam)[0] == people_of_the_day(sam) == 2


@pytest.mark.parametrize(
    "more",
    [{"words": 0}, {"is_trial": True}, {"when": NOW - 31 * DAY}],
    ids=["said nothing", "a trial", "long ago"],
)
def test_who_does_not_count(sam, alice, more):
    talk(alice, sam, **more)
    numbers.refresh(now=NOW)
    assert popularity(sam)[0] == 0


def test_maker_does_not_count(alice, bob):
    own = make_assistant(name="Alice's", creator=alice)
    talk(alice, own, liked=True)
    talk(bob, own)
    numbers.refresh(now=NOW)
    assert popularity(own) == (1, 0, 0)
    assert people_of_the_day(own) == 1


def with_keys(user, *providers):
    for provider in providers:
        values = {"kind": "api_key", "iterations": 1, "lookup_hash": f"{user.pk.hex}{provider}", "created_at": NOW}
        Credential.objects.create(user=user, provider=provider, **values)
    return user


@pytest.mark.parametrize(("free_ones_count", "expected"), [(True, (5, 5, 5)), (False, (2, 2, 2))])
def test_accounts_that_anybody_can_have_many_of_count_only_where_the_operator_says_so(sam, settings, free_ones_count, expected):
    settings.KEYLESS_SERVERS = ["Attic=http://127.0.0.1:9/v1"]
    settings.DEMO_BASE_URL = "http://127.0.0.1:9/v1"
    settings.COUNT_KEYLESS = free_ones_count
    for providers in (["openai"], ["attic", "openai"], ["attic"], ["demo"], ["a server that was listed once"]):
        talk(with_keys(people(1)[0], *providers), sam, liked=True)
    numbers.refresh(now=NOW)
    assert popularity(sam) == expected
    assert people_of_the_day(sam) == expected[0]


def test_free_accounts_bring_no_version_to_where_it_is_told(sam, settings):
    settings.COUNT_KEYLESS = False
    for user in people(12):
        talk(with_keys(user, "attic"), sam)
    assert numbers.of_versions(sam, today=NOW.date()) == [VersionNumbers(1, None)]


def test_what_was_counted_goes_down_again(sam, alice):
    session = talk(alice, sam, liked=True)
    numbers.refresh(now=NOW)
    assert (popularity(sam), people_of_the_day(sam)) == ((1, 1, 1), 1)
    session.delete()
    numbers.refresh(now=NOW)
    assert (popularity(sam), people_of_the_day(sam)) == ((0, 0, 0), 0)


def test_days_before_yesterday_are_history(sam, alice):
    talk(alice, sam, when=NOW - 2 * DAY)
    numbers.refresh(now=NOW - 2 * DAY)
    ChatSession.objects.all().delete()
    numbers.refresh(now=NOW)
    assert people_of_the_day(sam, NOW - 2 * DAY) == 1


def test_each_person_has_one_vote_their_latest(sam, alice, bob):
    for liked, when in [(True, NOW - DAY), (True, NOW - 2 * DAY), (False, NOW), (None, NOW)]:
        talk(alice, sam, liked=liked, when=when)
    talk(bob, sam, liked=True)
    numbers.refresh(now=NOW)
    assert popularity(sam) == (2, 2, 1)


def test_many_that_like_are_surer_than_few():
    assert 0 == numbers.sure_share(0, 0) == numbers.sure_share(0, 3)
    assert numbers.sure_share(1, 1) < numbers.sure_share(9, 10) < numbers.sure_share(90, 100) < 0.9


def test_refreshing_writes_only_what_changed(sam, alice, django_assert_num_queries):
    talk(alice, sam)
    numbers.refresh(now=NOW)
    with django_assert_num_queries(7) as asked:
        numbers.refresh(now=NOW)
    assert all(query["sql"].startswith("SELECT") for query in asked.captured_queries)


def test_version_of_few_people_tells_nothing(sam):
    for user in people(9):
        talk(user, sam, words=3, liked=True)
    assert numbers.of_versions(sam, today=NOW.date()) == [VersionNumbers(1, None)]


def test_version_of_many_tells_in_steps(sam):
    for number, user in enumerate(people(12)):
        talk(user, sam, words=3, liked=number != 0, recap_asked_at=NOW if number < 6 else None)
    assert numbers.of_versions(sam, today=NOW.date()) == [VersionNumbers(1, 10, 10, 50, 3.0, 10, 90, (*[0] * 29, 10))]


def test_opinions_of_few_are_not_told(sam):
    for number, user in enumerate(people(12)):
        talk(user, sam, liked=True if number < 9 else None)
    (told,) = numbers.of_versions(sam, today=NOW.date())
    assert (told.people, told.raters, told.liked_percent) == (10, None, None)


def test_versions_are_told_apart(sam):
    first = sam.active_version
    sam.add_version(now=NOW, initial_prompt="Other", model="gpt-4.1-mini")
    for user in people(10):
        talk(user, sam, version=first)
    talk(people(1)[0], sam)
    assert [(told.number, told.people) for told in numbers.of_versions(sam, today=NOW.date())] == [(2, None), (1, 10)]


def test_a_first_visitor_changes_nothing_that_is_told(sam):
    before = numbers.of_versions(sam, today=NOW.date())
    talk(people(1)[0], sam)
    assert numbers.of_versions(sam, today=NOW.date()) == before != []


def test_a_version_tells_its_own_last_thirty_days_and_none_of_few(sam):
    first = sam.active_version
    sam.add_version(now=NOW, initial_prompt="Other", model="gpt-4.1-mini")
    crowd = people(16)
    for days_ago, count in [(0, 9), (1, 16), (29, 12), (30, 14)]:
        for user in crowd[:count]:
            talk(user, sam, words=2, when=NOW - days_ago * DAY, version=first)
    for user in crowd[:11]:
        talk(user, sam, when=NOW - 2 * DAY)
    newer, older = numbers.of_versions(sam, today=NOW.date())
    assert older.days == (10, *[0] * 27, 15, 0)
    assert newer.days == (*[0] * 27, 10, 0, 0)


def test_a_version_tells_no_days_as_long_as_few_people_came(sam):
    for user in people(9):
        talk(user, sam)
    (told,) = numbers.of_versions(sam, today=NOW.date())
    assert told.days == ()


def test_however_many_versions_there_are_as_many_queries_tell_their_numbers(sam, django_assert_num_queries):
    for prompt in ("Other", "A third one"):
        for user in people(10):
            talk(user, sam)
        sam.add_version(now=NOW, initial_prompt=prompt, model="gpt-4.1-mini")
    with django_assert_num_queries(4):
        assert len(numbers.of_versions(sam, today=NOW.date())) == 3


def test_months_together_are_the_sums_of_what_is_told(sam):
    months = [Month((10, 0, 15), 10), Month((0, 0, 10), 15)]
    assert together(months) == Month((10, 0, 25), 25)


def test_month_blurs_each_day(sam):
    today = NOW.date()
    for days_ago, count, blocks in [(0, 12, 4), (1, 9, 7), (29, 15, 0), (30, 99, 99)]:
        AssistantDay.objects.create(assistant=sam, day=today - days_ago * DAY, people=count, guard_blocks=blocks)
    month = months_of([sam.pk], today=today)[sam.pk]
    assert month.people == (15, *[0] * 28, 10)
    assert month.stopped == 0  # few people came of late: it may have been one of them
    Assistant.objects.update(people=10)
    assert months_of([sam.pk], today=today)[sam.pk].stopped == 10
