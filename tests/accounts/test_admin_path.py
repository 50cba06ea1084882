import importlib

import pytest
from django.test import Client
from django.urls import clear_url_caches, reverse

from accounts import announcing
from gptlab import urls
from gptlab.errors import ReadOnly

from .staff import PAGE, PASSWORD

pytestmark = pytest.mark.django_db
DESK = "/back-room/desk/"


@pytest.fixture
def moved(settings):
    """An installation whose admin lies elsewhere."""

    def move(path):
        settings.ADMIN_PATH = path
        importlib.reload(urls)
        clear_url_caches()

    before = settings.ADMIN_PATH
    move(DESK.removeprefix("/"))
    yield
    move(before)


def test_the_admin_lies_where_the_setting_says(moved, mo):
    client = Client()
    assert reverse("admin:index") == DESK
    assert client.get("/admin/").status_code == client.get(PAGE).status_code == 404
    assert client.get(DESK)["Location"].startswith(f"{DESK}login/")
    client.post(f"{DESK}login/", {"username": "mo", "password": PASSWORD})
    page = client.get(DESK)
    assert page.status_code == 200
    assert 'href="/admin/' not in page.content.decode()


def test_set_up_is_asked_for_where_the_admin_lies(moved, mo, settings):
    settings.STAFF_TWO_FACTOR = True
    client = Client()
    answer = client.post(f"{DESK}login/", {"username": "mo", "password": PASSWORD})
    assert answer["Location"] == f"{DESK}two-factor/"


def test_read_only_leaves_it_open_there_too(moved, mo, monkeypatch):
    monkeypatch.setattr(announcing, "read_only", lambda *, now: ReadOnly("Closed.", retry_after=60))
    client = Client()
    assert client.post("/chats/start/").status_code == 503
    assert client.post(f"{DESK}login/", {"username": "mo", "password": PASSWORD}).status_code == 302
