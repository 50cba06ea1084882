import pytest

from assistants import favourites
from assistants.errors import UnknownCode
from assistants.models import Assistant, Favourite

pytestmark = pytest.mark.django_db


def star(client, assistant, *, htmx=False, **fields):
    headers = {"HX-Request": "true"} if htmx else {"Referer": "http://testserver/lounge/?tab=community&page=2"}
    return client.post(f"/assistants/{assistant.code}/favourite/", fields, headers=headers)


def test_a_star_is_put_on_once_and_taken_off(client, sign_in, alice, make_assistant):
    ann = make_assistant(name="Ann")
    sign_in(alice)
    for _twice in range(2):
        answer = star(client, ann, favourite="1")
        assert (answer.status_code, answer["Location"]) == (302, "/lounge/?tab=community&page=2")
        assert Favourite.objects.get().user == alice
    for _twice in range(2):
        part = star(client, ann, htmx=True, favourite="0").content.decode()
        assert 'aria-pressed="false"' in part
        assert "<html" not in part
        assert not Favourite.objects.exists()
    assert 'aria-pressed="true"' in star(client, ann, htmx=True, favourite="1").content.decode()


def test_the_page_of_a_favourite_says_so(client, sign_in, alice, make_assistant):
    ann = make_assistant(name="Ann")
    sign_in(alice)
    assert 'aria-pressed="false"' in client.get(f"/assistants/{ann.code}/").content.decode()
    star(client, ann)
    assert 'aria-pressed="true"' in client.get(f"/assistants/{ann.code}/").content.decode()
    assert 'aria-pressed="true"' in client.get("/lounge/?tab=favourites").content.decode()


def test_only_who_is_signed_in_has_favourites(client, make_assistant):
    assert star(client, make_assistant()).status_code == 401
    assert "favourite" not in client.get("/lounge/?tab=community").content.decode()


def test_what_one_may_not_meet_can_not_be_marked_but_a_mark_can_be_taken_off(alice, bob, make_assistant, now):
    assistant = make_assistant(creator=bob)
    favourites.mark(assistant.code, user=alice, is_favourite=True, now=now)
    Assistant.objects.filter(pk=assistant.pk).update(visibility="private")
    favourites.mark(assistant.code, user=alice, is_favourite=False, now=now)
    assert not Favourite.objects.exists()
    for code in (assistant.code, "0" * 20):
        with pytest.raises(UnknownCode):
            favourites.mark(code, user=alice, is_favourite=True, now=now)
