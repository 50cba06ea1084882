from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from assistants import community, favourites, word_index
from assistants.lounge import PAGE_SIZE, shelf, shuffled
from assistants.models import Assistant, AssistantDay

NOBODY = AnonymousUser()
ids = st.lists(st.integers(min_value=1, max_value=10**9), unique=True, max_size=80)
seeds = st.integers(min_value=0, max_value=999_999)


def ask(**fields):
    return shelf(**({"tab": "", "query": "", "category": "", "user": NOBODY, "seed": 1, "page": 1} | fields))


def names(**fields):
    return sorted(each.name for each in ask(**fields).page)


@given(ids, seeds, st.randoms())
def test_a_seed_means_one_order_however_the_rows_arrive(some, seed, random):
    mixed = random.sample(some, len(some))
    assert shuffled(some, seed=seed) == shuffled(mixed, seed=seed)
    assert sorted(shuffled(some, seed=seed)) == sorted(some)


@given(ids, seeds, st.integers(min_value=1, max_value=10**9))
def test_a_newcomer_moves_nobody_past_a_neighbour(some, seed, newcomer):
    with_newcomer = shuffled({*some, newcomer}, seed=seed)
    with_newcomer.remove(newcomer)
    assert with_newcomer == shuffled(set(some) - {newcomer}, seed=seed)


def test_seeds_differ():
    assert len({tuple(shuffled(range(12), seed=seed)) for seed in range(50)}) == 50


@pytest.mark.django_db
def test_pages_together_hold_everyone_once(make_assistant):
    made = {make_assistant(showcased=True).pk for _i in range(2 * PAGE_SIZE + 3)}
    pages = [ask(seed=7, page=number).page for number in (1, 2, 3)]
    shown = [each.pk for page in pages for each in page]
    assert [len(page) for page in pages] == [PAGE_SIZE, PAGE_SIZE, 3]
    assert len(shown) == len(made)
    assert set(shown) == made
    assert [each.pk for each in ask(seed=7, page=2).page] == [each.pk for each in pages[1]]


@pytest.mark.django_db
@pytest.mark.parametrize(("asked", "given"), [(1, 1), (2, 2), (3, 2), (10**30, 2), (0, 1), (-4, 1)])
def test_a_page_that_is_not_there_becomes_one_that_is(make_assistant, asked, given):
    for _i in range(PAGE_SIZE + 1):
        make_assistant(showcased=True)
    assert ask(page=asked).page.number == given


@pytest.mark.django_db
def test_an_empty_shelf_has_one_empty_page():
    found = ask(query="nobody")
    assert (found.page.number, len(found.page), found.counts) == (1, 0, {"showcased": 0, "community": 0})


@pytest.mark.django_db
def test_each_tab_shows_its_own(make_assistant, alice, bob):
    for owner, whose in ((None, "house"), (alice, "alice"), (bob, "bob")):
        make_assistant(name=f"{whose} shown", creator=owner, showcased=True)
        make_assistant(name=f"{whose} listed", creator=owner)
        make_assistant(name=f"{whose} unlisted", creator=owner, visibility="unlisted")
        make_assistant(name=f"{whose} private", creator=owner, visibility="private")
    shown, listed = ["alice shown", "bob shown", "house shown"], ["alice listed", "bob listed", "house listed"]
    mine = ["alice listed", "alice private", "alice shown", "alice unlisted"]
    assert names(tab="showcased") == shown
    assert names(tab="community") == listed
    assert names(tab="showcased", user=alice) == sorted({*shown, *mine})
    assert names(tab="community", user=alice) == listed
    assert names(tab="mine", user=alice) == mine
    assert ask(user=alice).counts == {"showcased": 6, "community": 3, "mine": 4, "favourites": 0}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "flag", [{"visibility": "private"}, {"visibility": "unlisted"}, {"is_active": False}, {"active_version": None}]
)
@pytest.mark.parametrize("showcased", [True, False])
def test_what_is_not_listed_and_in_use_never_stands_on_a_strangers_shelf(make_assistant, alice, bob, flag, showcased):
    assistant = make_assistant(creator=alice, showcased=showcased, name="Findme")
    Assistant.objects.filter(pk=assistant.pk).update(**flag)
    for user in (bob, NOBODY):
        for tab in ("showcased", "community", "mine", "", "staff"):
            for query in ("", "Findme"):
                found = ask(tab=tab, user=user, query=query)
                assert list(found.page) == []
                assert set(found.counts.values()) == {0}


@pytest.mark.django_db
@pytest.mark.parametrize("tab", ["mine", "", "elsewhere", "MINE"])
def test_a_tab_that_this_visitor_has_not_becomes_the_first(tab):
    assert ask(tab=tab).tab == "showcased"


@pytest.mark.django_db
def test_search_wants_every_word_in_any_visible_text(make_assistant):
    make_assistant(name="Query Quill", tagline="Data into SQL", description="Asks first.", showcased=True)
    make_assistant(name="Plain Pat", tagline="Letters decoded", description="Data stays out.", showcased=True)
    assert names(query="data") == ["Plain Pat", "Query Quill"]
    assert names(query="  sql\tASKS ") == ["Query Quill"]
    assert names(query="sql letters") == []
    assert names(query="%") == []
    assert names(query="_") == []


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["\0", "\0x", "'; DROP TABLE assistants_assistant; --", "{{7*7}}", "x" * 5000, "a " * 3000])
def test_any_query_is_only_looked_for(make_assistant, query):
    make_assistant(showcased=True)
    assert len(ask(query=query).query) <= 100


@pytest.mark.django_db
def test_category_narrows_and_an_unknown_one_is_dropped(make_assistant):
    make_assistant(name="Quill", category="data", showcased=True)
    make_assistant(name="Rook", category="play", showcased=True)
    assert names(category="data") == ["Quill"]
    assert ask(category="data").counts == {"showcased": 1, "community": 0}
    assert names(category="nonsense") == ["Quill", "Rook"]
    assert ask(category="nonsense").category == ""


@pytest.mark.django_db
def test_sessions_are_counted_for_the_signed_in(make_assistant, alice, now):
    busy, idle = make_assistant(showcased=True), make_assistant(showcased=True)
    for days_ago, sessions in ((0, 3), (1, 4)):
        day = now.date().replace(day=1 + days_ago)
        AssistantDay.count(assistant_id=busy.pk, day=day, sessions=sessions)
    assert {each.pk: each.session_count for each in ask(user=alice).page} == {busy.pk: 7, idle.pk: 0}
    assert not any(hasattr(each, "session_count") for each in ask().page)


@pytest.mark.django_db
@pytest.mark.parametrize("signed_in", [True, False])
def test_the_number_of_queries_does_not_grow(make_assistant, alice, django_assert_num_queries, signed_in):
    user = alice if signed_in else NOBODY
    for _round in range(2):
        for _i in range(15):
            make_assistant(showcased=True, creator=alice)
        with django_assert_num_queries(5 if signed_in else 3):
            list(ask(user=user).page)


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["café", "CAFE", "crème BRÛLÉE", "brulee", "recettes", "сэм", "ßtraße"])
def test_search_finds_tags_and_ignores_capitals_and_accents_in_every_script(make_assistant, query):
    make_assistant(name="Сэм", tagline="Crème brûlée", description="Un CAFÉ, SSTRASSE", tags=["Recettes"], showcased=True)
    make_assistant(name="Other", showcased=True)
    assert names(query=query) == ["Сэм"]


@pytest.mark.django_db
@pytest.mark.parametrize("query", ['"', "[", ",", '", "'])
def test_search_knows_nothing_of_how_tags_are_stored(make_assistant, query):
    make_assistant(tags=["one", "two"], showcased=True)
    assert names(query=query) == []


@pytest.mark.django_db
def test_a_change_is_found_at_once(make_assistant):
    assistant = make_assistant(name="Before", showcased=True)
    assistant.name = "After"
    assistant.save(update_fields=["name"])
    assert names(query="after") == ["After"]
    assert names(query="before") == []


def order(**fields):
    return [each.name for each in ask(**fields).page]


@pytest.mark.django_db
@pytest.mark.parametrize("tab", ["showcased", "community"])
def test_what_is_popular_liked_or_new_stands_first(make_assistant, now, tab):
    for name, people, liking, age in (("Ann", 3, 0.1, 2), ("Ben", 9, 0.2, 1), ("Cas", 1, 0.9, 3)):
        made = make_assistant(name=name, people=people, liking=liking, showcased=tab == "showcased")
        Assistant.objects.filter(pk=made.pk).update(created_at=now - timedelta(days=age))
    assert order(tab=tab, sort="popular") == ["Ben", "Ann", "Cas"]
    assert order(tab=tab, sort="liked") == ["Cas", "Ben", "Ann"]
    assert order(tab=tab, sort="new") == ["Ben", "Ann", "Cas"]


@pytest.mark.django_db
def test_the_community_is_never_shuffled_and_an_unknown_order_is_dropped():
    assert [ask(tab="community", sort=sort).sort for sort in ("", "mixed", "x")] == ["popular"] * 3
    assert [ask(sort=sort).sort for sort in ("", "popular", "x")] == ["mixed", "popular", "mixed"]


@pytest.mark.django_db
def test_pages_of_the_community_together_hold_everyone_once(make_assistant):
    made = {make_assistant(people=3).pk for _i in range(2 * PAGE_SIZE + 3)}
    shown = [each.pk for number in (1, 2, 3) for each in ask(tab="community", page=number).page]
    assert len(shown) == len(made)
    assert set(shown) == made


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["", "robot"])
def test_of_a_community_without_end_the_first_are_shown(make_assistant, monkeypatch, query):
    monkeypatch.setattr(community, "SHOWN_MOST", PAGE_SIZE + 5)
    for number in range(PAGE_SIZE + 10):
        make_assistant(people=number)
    found = ask(tab="community", query=query, page=9)
    assert (found.counts["community"], found.page.number, len(found.page)) == (PAGE_SIZE + 5, 2, 5)
    assert [each.people for each in found.page] == [9, 8, 7, 6, 5]
    assert found.is_community_longer


@pytest.mark.django_db
def test_what_many_have_is_found_in_the_same_order_as_what_few_have(make_assistant, monkeypatch):
    for number in range(12):
        make_assistant(people=number, category="play" if number % 2 else "data")
    few = order(tab="community", query="robot", category="play")
    monkeypatch.setattr(community, "SHOWN_MOST", 3)
    assert order(tab="community", query="robot", category="play") == few[:3]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change", [{"showcased": True}, {"visibility": "private"}, {"is_active": False}, {"active_version": None}]
)
def test_who_leaves_the_community_is_not_found_there_and_who_comes_back_is(make_assistant, change):
    assistant = make_assistant(name="Findme")
    before = {name: getattr(assistant, name) for name in change}
    Assistant.objects.filter(pk=assistant.pk).update(**change)
    assert names(tab="community", query="findme") == []
    assert word_index.found(Assistant.objects.all(), ["findme"], most=9) == []
    Assistant.objects.filter(pk=assistant.pk).update(**before)
    assert names(tab="community", query="findme") == ["Findme"]
    assistant.delete()
    assert names(tab="community", query="findme") == []


@pytest.mark.django_db
def test_an_index_that_lost_its_triggers_is_made_anew(make_assistant):
    """As when a migration builds the table anew."""
    if connection.vendor != "sqlite":
        pytest.skip("Postgres keeps its index")
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER assistants_words_added")
    assistant = make_assistant(name="Findme")
    assistant.save()
    Assistant.objects.filter(pk=make_assistant(name="Findme too").pk).delete()
    word_index.prepare("default")
    assert names(tab="community", query="findme") == ["Findme"]
    make_assistant(name="Findme later")
    assert names(tab="community", query="findme") == ["Findme", "Findme later"]


@pytest.mark.django_db
@pytest.mark.parametrize("tab", ["showcased", "community"])
@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("ool", True), ("co", True), ("oo", False), ("c", True), ("写作", True), ("写", True), ("作写", False), ("gpt写", True),
        ("pt助", True), ('"', False), ('a"b', True), ("ool*", False), ("cool AND", False), ("cool sh", True), ("cool qq", False),
    ],
)  # fmt: skip
def test_three_letters_are_found_anywhere_fewer_where_words_begin(make_assistant, tab, query, is_found):
    make_assistant(name="Cool Shoes", tagline="中文写作助手", description='gpt写 gpt助 a"b', showcased=tab == "showcased")
    assert names(tab=tab, query=query) == (["Cool Shoes"] if is_found else [])


@pytest.mark.django_db
def test_favourites_are_ones_own_shelf(make_assistant, alice, bob, now):
    ann, private = make_assistant(name="Ann"), make_assistant(name="Bobs", creator=bob)
    for each in (ann, private):
        favourites.mark(each.code, user=alice, is_favourite=True, now=now)
    assert names(tab="favourites", user=alice) == ["Ann", "Bobs"]
    assert [each.is_favourite for each in ask(tab="community", user=alice).page] == [True, True]
    assert [each.is_favourite for each in ask(tab="community", user=bob).page] == [False, False]
    assert names(tab="favourites", user=bob) == []
    Assistant.objects.filter(pk=private.pk).update(visibility="private")
    Assistant.objects.filter(pk=ann.pk).update(is_active=False)
    assert names(tab="favourites", user=alice) == []
