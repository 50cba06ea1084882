"""A page that shows somebody's visit gets parts for that visit alone."""

import re
from typing import Any

import pytest
from django.db import OperationalError
from django.db.backends.utils import CursorWrapper
from django.test import Client

from accounts import visit

pytestmark = pytest.mark.django_db

PARTS = ["/lounge/?tab=mine", "/assistants/?code=7"]


def part(client: Client, path: str, mark: str) -> Any:
    return client.get(path, headers={"HX-Request": "true", "X-Visitor": mark})


def test_a_signed_in_page_says_whose_it_is_and_a_strangers_does_not(alice: Any, client: Client) -> None:
    mark = visit.mark(alice.user.pk)
    assert re.search(f'hx-headers:inherited=[^>]*"X-Visitor": "{mark}"', alice.client.get("/lounge/").content.decode())
    assert "X-Visitor" not in client.get("/lounge/").content.decode()


@pytest.mark.parametrize("path", PARTS)
def test_it_gets_its_parts_while_the_visit_goes_on(alice: Any, path: str) -> None:
    assert part(alice.client, path, visit.mark(alice.user.pk)).status_code != 401


@pytest.mark.parametrize("path", PARTS)
def test_after_the_visit_it_is_told_so(alice: Any, bob: Any, client: Client, path: str) -> None:
    for gone in (client, bob.client):
        answer = part(gone, path, visit.mark(alice.user.pk))
        assert (answer.status_code, answer["HX-Retarget"], answer["Cache-Control"]) == (401, "#notice", "no-store")


def test_from_there_one_can_sign_in_again(alice: Any, client: Client) -> None:
    assert part(client, "/sign-in/", visit.mark(alice.user.pk)).status_code == 200


def test_a_database_that_is_away_is_said_to_be_away(alice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: Any, **_more: Any) -> None:
        raise OperationalError

    monkeypatch.setattr(CursorWrapper, "execute", fail)
    assert part(alice.client, PARTS[0], visit.mark(alice.user.pk)).status_code == 503


def test_a_stranger_gets_what_is_open_to_all(client: Client) -> None:
    assert client.get("/lounge/", headers={"HX-Request": "true"}).status_code == 200
