"""The lounge as a page and in parts: what htmx swaps, which address and title that has, and what is said where nobody stands."""

import html
import re

import pytest

from assistants import codes
from assistants.lounge import PAGE_SIZE

pytestmark = pytest.mark.django_db
LOUNGE = "/lounge/"


def part(client, source="a#tab-community", before="/lounge/", **wishes):
    headers = {"HX-Request": "true", "HX-Source": source, "HX-Current-URL": f"http://testserver{before}"}
    return client.get(LOUNGE, wishes, headers=headers)


def words(answer):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def test_htmx_gets_the_shelves_alone_with_their_title(client, make_assistant):
    make_assistant(name="Ann", category="data")
    answer = part(client, tab="community", q="ann", category="data", seed=7)
    text = answer.content.decode().strip()
    assert text.startswith("<title>Lounge: Community, Data, “ann” · GPT Lab</title>")
    assert "<html" not in text
    assert 'id="shelves"' in text
    assert "Ann" in text
    assert "HX-Request" in answer["Vary"]


def test_the_page_and_its_parts_have_the_same_title_and_shelves(client, make_assistant):
    make_assistant(name="Ann")
    whole, alone = client.get(LOUNGE, {"tab": "community", "seed": 7}), part(client, tab="community", seed=7)
    title = re.compile(r"<title>(.*?)</title>", re.DOTALL)
    assert title.search(whole.content.decode())[1].strip() == title.search(alone.content.decode())[1].strip()
    shelves = alone.content.decode().partition("</title>")[2].strip()
    assert shelves in whole.content.decode()


def test_an_address_says_what_was_wished_and_nothing_else(client, make_assistant):
    for _i in range(PAGE_SIZE + 1):
        make_assistant(name="Ann", showcased=True)
    assert part(client, tab="showcased", q="", category="", page="1", seed=7)["HX-Push-Url"] == "/lounge/?seed=7"
    wished = part(client, tab="showcased", q=" ann ", category="x", page="2", seed=7)
    assert wished["HX-Push-Url"] == "/lounge/?q=ann&page=2&seed=7"


@pytest.mark.parametrize(
    ("source", "before", "query", "header"),
    [
        ("form#search", "/lounge/?seed=7", "t", "HX-Push-Url"),
        ("form#search", "/lounge/?q=t&seed=7", "ta", "HX-Replace-Url"),
        ("form#search", "/lounge/?q=t&seed=7", "", "HX-Push-Url"),
        ("a#tab-community", "/lounge/?q=t&seed=7", "t", "HX-Push-Url"),
        ("a#tab-showcased", "/lounge/?seed=7", "", "HX-Replace-Url"),
    ],
)
def test_a_search_is_one_step_back_however_many_letters_it_has(client, source, before, query, header):
    answer = part(client, source=source, before=before, q=query, tab="community" if "community" in source else "", seed=7)
    assert answer.has_header(header)
    assert not answer.has_header({"HX-Push-Url": "HX-Replace-Url", "HX-Replace-Url": "HX-Push-Url"}[header])


def test_back_gets_a_whole_page_and_no_new_address(client):
    answer = client.get(LOUNGE, {"seed": 7}, headers={"HX-History-Restore-Request": "true"})
    assert "<html" in answer.content.decode()
    assert not answer.has_header("HX-Push-Url")
    assert re.search(r'id="shelves"\s+hx-history-elt', answer.content.decode())


@pytest.mark.parametrize(
    ("wishes", "said", "way_out"),
    [
        ({"q": "tax lawer"}, "Nobody answers to “tax lawer”", "Show everyone again"),
        ({"q": "shown", "tab": "community"}, "Not on the shelf Community, but elsewhere:", "1 under Showcased"),
        ({"category": "play"}, "Nobody stands under Play", "Show everyone again"),
        ({"tab": "community"}, "Nobody has moved in yet", "See the showcase"),
        ({"tab": "mine"}, "Your shelf is empty", "Go to the Lab"),
    ],
)
def test_where_nobody_stands_there_is_a_way_on(client, sign_in, alice, make_assistant, wishes, said, way_out):
    make_assistant(name="Shown Sue", showcased=True)
    sign_in(alice)
    text = words(client.get(LOUNGE, wishes))
    assert said in text
    assert way_out in text


def test_an_installation_without_assistants_says_so(client):
    assert "Nobody is in yet" in words(client.get(LOUNGE))


def test_tabs_and_categories_keep_the_search(client, make_assistant):
    make_assistant(name="Ann", showcased=True)
    page = client.get(LOUNGE, {"q": "ann & co", "category": "data", "seed": 7}).content.decode()
    links = {key: html.unescape(url) for key, url in re.findall(r'id="((?:tab|category)-\w+)"\s+href="([^"]*)"', page)}
    assert links["tab-community"] == "/lounge/?tab=community&q=ann+%26+co&category=data&seed=7"
    assert links["category-play"] == "/lounge/?q=ann+%26+co&category=play&seed=7"
    assert links["category-all"] == "/lounge/?q=ann+%26+co&seed=7"
    assert 'value="ann &amp; co"' in page


def test_ones_own_show_their_codes_on_the_shelf_mine_only(client, sign_in, alice, make_assistant):
    code = codes.grouped(make_assistant(creator=alice, visibility="private").code)
    sign_in(alice)
    mine = client.get(LOUNGE, {"tab": "mine"})
    assert code in words(mine)
    assert "Private" in words(mine)
    assert code not in words(client.get(LOUNGE))


def test_how_many_stand_there_is_said_to_who_does_not_see_it(client, make_assistant):
    for _i in range(PAGE_SIZE + 2):
        make_assistant(showcased=True)
    said = re.search(r'id="found" role="status">(.*?)</p>', client.get(LOUNGE, {"page": 2}).content.decode(), re.DOTALL)[1]
    assert " ".join(said.split()) == "22 assistants , page 2 of 2"


@pytest.mark.parametrize("signed_in", [True, False])
def test_the_number_of_queries_does_not_grow(client, sign_in, alice, make_assistant, signed_in, django_assert_num_queries):
    if signed_in:
        sign_in(alice)
    for _round in range(2):
        for _i in range(12):
            make_assistant(showcased=True, creator=alice)
        with django_assert_num_queries(8 if signed_in else 4):
            client.get(LOUNGE)


@pytest.mark.parametrize("typed", ["7K3QX-xyz", "U" * 20, "x" * 5000, "٧٧٧"])
def test_a_code_that_opens_nobody_stays_in_its_field_with_the_reason(client, typed):
    answer = client.get("/assistants/", {"code": typed})
    assert answer.status_code in (404, 422)
    page = answer.content.decode()
    assert f'value="{typed[:60]}"' in page
    assert re.search(r'aria-invalid="true" aria-describedby="code-error"', page)
    assert 'id="code-error"' in page
