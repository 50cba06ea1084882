"""The form that stands on a page whose visit has ended: the same account goes on there, another one does not."""

import re
from typing import Any

import pytest
from django.test import Client

from accounts import visit
from accounts.models import User
from gptlab.llm import errors as upstream_errors

from .conftest import ALICE_KEY, BOB_KEY, Upstream

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
PAGE = "/faq/?a=b"


@pytest.fixture
def mark(client: Client) -> str:
    """Of alice's account, as her pages carry it; her visit has ended."""
    client.post("/sign-in/", {"provider": "openai", "api_key": ALICE_KEY})
    found = re.search(r'data-visitor="(\w{16})"', client.get("/faq/").content.decode())
    assert found
    client.post("/sign-out/")
    return found[1]


def again(client: Client, key: str, mark: str, headers: dict[str, str] | None = HTMX) -> Any:
    fields = {"provider": "openai", "api_key": key, "next": PAGE, "again": mark}
    return client.post("/sign-in/", fields, headers=headers)


def test_a_mark_names_an_account_and_does_not_tell_which(client: Client, mark: str) -> None:
    alice = User.objects.get()
    assert mark == visit.mark(alice.pk)
    assert mark not in alice.pk.hex
    assert "data-visitor" not in client.get("/faq/").content.decode()


def test_a_page_of_somebody_who_is_here_carries_the_form(client: Client) -> None:
    client.post("/sign-in/", {"provider": "openai", "api_key": ALICE_KEY})
    form = re.search(r"<form[^>]*data-again=.*?</form>", client.get(PAGE).content.decode(), re.DOTALL)
    assert form
    assert re.search(r'<option value="openai"\s+selected', form[0])


def test_the_same_account_goes_on_with_the_page(client: Client, mark: str) -> None:
    assert again(client, ALICE_KEY, mark)["HX-Redirect"] == PAGE
    assert "You are back." in client.get(PAGE).content.decode()


def test_another_account_is_not_led_to_the_page_of_the_first(client: Client, mark: str) -> None:
    assert again(client, BOB_KEY, mark)["HX-Redirect"] == "/lounge/"
    assert "This key opens another account." in client.get("/lounge/").content.decode()


@pytest.mark.parametrize("headers", [HTMX, None])
def test_a_key_that_can_not_be_used_is_said_in_the_form(client: Client, mark: str, headers: dict[str, str] | None) -> None:
    answer = again(client, "Bearer sk-nonsense", mark, headers)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert ("<html" in page) is (headers is None)
    assert "sk-nonsense" not in page
    assert 'class="error"' in page
    assert headers is None or f'name="again" value="{mark}"' in page


@pytest.mark.parametrize(("trouble", "status"), [(upstream_errors.RateLimited(30), 429), (upstream_errors.Unreachable(), 503)])
def test_a_provider_that_is_away_leaves_an_account_that_exists_open(
    client: Client, mark: str, upstream: Upstream, trouble: upstream_errors.UpstreamError, status: int
) -> None:
    """What one wrote stays one's own; and a new one is told in the form that stands there."""
    upstream.trouble = trouble
    assert again(client, ALICE_KEY, mark).status_code == 200
    client.post("/sign-out/")
    answer = again(client, BOB_KEY, mark)
    assert answer.status_code == status
    assert not answer.has_header("HX-Retarget")
    assert 'id="again-error"' in answer.content.decode()
