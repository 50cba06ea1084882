import html
import re

import pytest
from django.urls import reverse

from assistants import avatars, codes
from assistants.models import Assistant, AssistantDay
from assistants.templatetags.robots import robot
from assistants.views.finding import CODES_LIMIT

pytestmark = pytest.mark.django_db
LOUNGE = "/lounge/"


def avatar_url(assistant):
    """The address that pages use."""
    return html.unescape(re.search(r'src="([^"]*)"', robot(assistant, "face"))[1])


def what_it_says(response):
    """The page without what is random in each."""
    return re.sub(r'nonce="[^"]*"|(csrfmiddlewaretoken" value=|X-CSRFToken": )"[^"]*"', "", response.content.decode())


def cards(response):
    return [each.name for each in response.context["page"]]


def test_the_lounge_shows_showcased_assistants_to_everyone(client, make_assistant):
    make_assistant(name="Shown Sue", showcased=True)
    make_assistant(name="Listed Lee")
    page = client.get(LOUNGE)
    assert page.status_code == 200
    assert cards(page) == ["Shown Sue"]
    assert b"Shown Sue" in page.content
    assert b"Listed Lee" not in page.content


def test_ones_own_stand_in_ones_lounge_and_in_nobody_elses(client, sign_in, make_assistant, alice, bob):
    make_assistant(name="Alices Ann", creator=alice, visibility="private")
    sign_in(alice)
    assert cards(client.get(LOUNGE)) == ["Alices Ann"]
    sign_in(bob)
    for tab in ("showcased", "community", "mine"):
        assert b"Alices Ann" not in client.get(LOUNGE, {"tab": tab, "q": "Alices"}).content


def test_links_carry_the_seed_so_that_the_next_page_continues(client, make_assistant):
    made = {make_assistant(showcased=True).name for _i in range(45)}
    page = client.get(LOUNGE)
    shown = cards(page)
    while link := re.search(r'rel="next"[^>]*href="([^"]*)"', page.content.decode()):
        page = client.get(html.unescape(link[1]))
        shown += cards(page)
    assert sorted(shown) == sorted(made)


def test_without_a_seed_orders_differ(client, make_assistant):
    for _i in range(20):
        make_assistant(showcased=True)
    assert len({tuple(cards(client.get(LOUNGE))) for _i in range(5)}) > 1


@pytest.mark.parametrize("seed", ["", "x", "-1", "1e3", "1000000", "9" * 5000, "\0", "٣.٣"])
@pytest.mark.parametrize("number", ["", "x", "0", "-7", "99", "9" * 5000])
def test_bad_numbers_in_the_address_still_give_a_page(client, make_assistant, seed, number):
    make_assistant(showcased=True)
    response = client.get(LOUNGE, {"seed": seed, "page": number, "tab": "?", "category": "?"})
    assert response.status_code == 200
    assert response.context["page"].number == 1
    assert 0 <= response.context["seed"] < 1_000_000


def test_numbers_show_only_to_the_signed_in(client, sign_in, make_assistant, alice, now):
    AssistantDay.count(assistant_id=make_assistant(showcased=True, people=12).pk, day=now.date(), sessions=1234)
    assert not re.search(rb"1,?230 chats", client.get(LOUNGE, {"seed": 1}).content)
    sign_in(alice)
    assert re.search(rb"1,?230 chats", client.get(LOUNGE, {"seed": 1}).content)


@pytest.mark.parametrize(("people", "is_told"), [(1, False), (9, False), (10, True)])
def test_the_many_chats_of_few_people_are_not_told(client, sign_in, make_assistant, alice, now, people, is_told):
    AssistantDay.count(assistant_id=make_assistant(showcased=True, people=people).pk, day=now.date(), sessions=40)
    sign_in(alice)
    assert (b"40 chats" in client.get(LOUNGE, {"seed": 1}).content) is is_told


def test_a_name_is_text_wherever_it_stands(client, make_assistant):
    make_assistant(name="<img src=x onerror=1>", description="<script>1</script>", showcased=True)
    page = client.get(LOUNGE).content
    assert b"<img src=x" not in page
    assert b"<script>1" not in page


@pytest.mark.parametrize("path", [LOUNGE, "/assistants/"])
def test_shelves_are_only_read(client, path):
    assert client.post(path).status_code == 405


def test_a_code_leads_to_its_assistant_however_it_was_typed(client, make_assistant):
    code = make_assistant(visibility="unlisted").code
    for typed in (code, codes.grouped(code).lower(), f" {code} "):
        response = client.get("/assistants/", {"code": typed})
        assert (response.status_code, response["Location"]) == (302, reverse("chats:assistant", args=[code]))


def test_no_code_leads_to_the_lounge(client):
    assert client.get("/assistants/")["Location"] == LOUNGE
    assert client.get("/assistants/", {"code": "  "})["Location"] == LOUNGE


def test_an_unknown_code_and_a_strangers_private_one_answer_alike(client, sign_in, make_assistant, alice, bob):
    private = make_assistant(creator=alice, visibility="private").code
    unknown = "0" * 20
    sign_in(bob)
    answers = [client.get("/assistants/", {"code": code}) for code in (private, unknown)]
    assert [answer.status_code for answer in answers] == [404, 404]
    of_private, of_unknown = (what_it_says(answer) for answer in answers)
    assert of_private.replace(codes.grouped(private), codes.grouped(unknown)).replace(private, unknown) == of_unknown
    sign_in(alice)
    assert client.get("/assistants/", {"code": private}).status_code == 302


def test_a_code_that_cannot_be_one_says_why(client):
    answer = client.get("/assistants/", {"code": "٧٧٧"})
    assert answer.status_code == 422
    assert "is not one of them" in answer.content.decode()


def test_the_eleventh_wrong_code_in_a_minute_has_to_wait(client, make_assistant):
    assert CODES_LIMIT.startswith("10/minute")
    right = make_assistant().code
    assert [client.get("/assistants/", {"code": "0" * 20}).status_code for _i in range(11)] == [404] * 10 + [429]
    answer = client.get("/assistants/", {"code": right})
    assert answer.status_code == 429
    assert "<title>Too many codes at once · GPT Lab</title>" in answer.content.decode()
    assert "Nobody answers" not in answer.content.decode()
    assert client.get("/assistants/", {"code": right}, REMOTE_ADDR="192.0.2.7").status_code == 302


def test_a_robot_is_a_picture_that_runs_nothing_and_may_be_kept(client, make_assistant):
    assistant = make_assistant()
    picture = client.get(avatar_url(assistant))
    assert picture.status_code == 200
    assert picture["Content-Type"] == "image/svg+xml"
    assert picture.content.decode() == avatars.svg(assistant.name)
    assert "default-src 'none'" in picture["Content-Security-Policy"]
    assert "script-src" not in picture["Content-Security-Policy"]
    assert picture["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in picture["Cache-Control"]
    assert "Set-Cookie" not in picture


def test_a_robot_that_is_known_is_not_sent_again(client, make_assistant):
    address = avatar_url(make_assistant())
    known = client.get(address)["ETag"]
    again = client.get(address, headers={"If-None-Match": known})
    assert (again.status_code, again.content) == (304, b"")


def test_without_its_version_a_robot_is_kept_only_for_minutes(client, make_assistant):
    assistant = make_assistant()
    bare = reverse("assistants:avatar", args=[assistant.code])
    for address in (bare, f"{bare}?v=old"):
        assert "immutable" not in client.get(address)["Cache-Control"]


def test_a_new_name_has_a_new_address(make_assistant):
    assistant = make_assistant(name="Ann")
    before = avatar_url(assistant)
    assistant.name = "Bea"
    assert avatar_url(assistant) != before


def test_a_private_robot_is_its_makers_and_for_others_not_there(client, sign_in, make_assistant, alice, bob):
    mine, houses = make_assistant(creator=alice, visibility="private"), make_assistant(visibility="private")
    unknown = reverse("assistants:avatar", args=["0" * 20])
    for user in (None, bob):
        if user:
            sign_in(user)
        for address in (avatar_url(mine), avatar_url(houses), unknown):
            answer = client.get(address)
            assert answer.status_code == 404
            assert what_it_says(answer) == what_it_says(client.get(unknown))
    sign_in(alice)
    assert client.get(avatar_url(mine)).status_code == 200


@pytest.mark.parametrize("code", ["short", "0" * 19 + "%00", "0" * 21, "x" * 20, "../../../../../etc/x"])
def test_what_is_no_code_has_no_robot(client, code):
    assert client.get(f"/assistants/{code}/avatar.svg").status_code == 404


def test_retired_assistants_keep_their_robot_for_past_chats(client, make_assistant):
    assistant = make_assistant()
    Assistant.objects.update(is_active=False)
    assert client.get(avatar_url(assistant)).status_code == 200
