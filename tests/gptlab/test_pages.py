import pytest
import redis
from django.test import Client, RequestFactory

import gptlab
from gptlab import pages, words

PATHS = ["/", "/faq/", "/terms/", "/privacy/", "/about/"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_there_for_who_is_not_signed_in(client, path):
    response = client.get(path)
    assert response.status_code == 200
    assert "default-src 'none'" in response["Content-Security-Policy"]


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_there_for_who_is_signed_in(alice, path):
    response = alice.client.get(path)
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"


@pytest.mark.django_db
@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_only_read(client, path):
    assert client.post(path).status_code == 405


@pytest.mark.django_db
def test_the_operator_speaks_in_the_footer(client, settings):
    settings.SITE_LINKS = ["Imprint = https://example.org/imprint?a=b", "nothing"]
    settings.CONTACT_EMAIL = "lab@example.org"
    html = client.get("/").content.decode()
    assert '<a href="https://example.org/imprint?a=b" rel="noopener">Imprint</a>' in html
    assert 'href="mailto:lab@example.org"' in html
    assert f"GPT Lab {gptlab.__version__}" in html


@pytest.mark.django_db
def test_the_terms_say_which_they_are(client):
    assert f"Version {words.terms_version()}" in client.get("/terms/").content.decode()


@pytest.mark.django_db
def test_an_unknown_address_says_what_it_may_be(client):
    response = client.get("/nowhere/")
    assert response.status_code == 404
    assert "belongs to someone else" in response.content.decode()


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused_with_a_way_out():
    response = Client(enforce_csrf_checks=True).post("/sign-in/", {"provider": "openai", "api_key": "sk-x"})
    assert response.status_code == 403
    assert "This page is out of date" in response.content.decode()


def test_a_foreign_host_name_is_a_bad_request(client):
    """Refused before anyone looked who asks."""
    response = client.get("/", HTTP_HOST="other.example.org")
    assert response.status_code == 400
    assert "other.example.org" not in response.content.decode()


def test_a_server_error_needs_neither_redis_nor_database(monkeypatch):
    """No database mark: a query would fail the test."""

    def away(*_args):
        raise redis.ConnectionError

    monkeypatch.setattr("gptlab.redis_client.sync", away)
    response = pages.server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert "Something broke on our side" in response.content.decode()


def test_a_forbidden_page_is_a_page(rf, alice):
    request = rf.get("/")
    request.user, request.session = alice.user, alice.client.session
    response = pages.forbidden(request, PermissionError())
    assert response.status_code == 403
