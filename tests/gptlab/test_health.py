import asyncio

import pytest
import redis
from django.db import OperationalError, connection

from gptlab import asgi, health


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch):
    monkeypatch.setattr(health, "_migrated", False)


def away(*_args, **_options):
    raise redis.ConnectionError("no")


def test_alive_needs_nothing_but_the_process(client, monkeypatch):
    monkeypatch.setattr("gptlab.redis_client.sync", away)
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_ready_when_database_and_redis_answer(client):
    for _time in range(2):
        response = client.get("/readyz")
        assert (response.status_code, response.content) == (200, b"ready\n")
        assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_not_ready_without_redis(client, monkeypatch):
    monkeypatch.setattr("gptlab.redis_client.sync", away)
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (503, b"waiting for redis\n")


@pytest.mark.django_db
@pytest.mark.parametrize("was_migrated", [False, True])
def test_not_ready_without_the_database(client, monkeypatch, was_migrated):
    def refuse(*_args, **_options):
        raise OperationalError("gone: host=db password=secret")

    monkeypatch.setattr(health, "_migrated", was_migrated)
    monkeypatch.setattr(connection, "cursor", refuse)
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (503, b"waiting for database\n")


@pytest.mark.django_db
def test_not_ready_before_the_migrations(client, monkeypatch):
    monkeypatch.setattr("gptlab.preparation.is_migrated", lambda: False)
    assert client.get("/readyz").status_code == 503


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_both_are_only_read(client, method):
    assert getattr(client, method)("/healthz").status_code == 405
    assert getattr(client, method)("/readyz").status_code == 405


async def status_of(path, *, host):
    """Through the ASGI application, as a server calls it."""
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": b"",
        "headers": [(b"host", host)],
        "http_version": "1.1",
    }
    to_app, sent = [{"type": "http.request", "body": b""}], []

    async def receive():
        return to_app.pop() if to_app else await asyncio.Event().wait()

    async def send(message):
        sent.append(message)

    await asgi.application(scope, receive, send)
    return sent[0]["status"]


async def test_a_probe_needs_no_name_from_the_list_of_hosts_and_no_tls(settings):
    """A load balancer asks by address and over plain http. Pages go on refusing a host that nobody listed."""
    settings.SECURE_SSL_REDIRECT = True
    assert await status_of("/healthz", host=b"10.0.0.7") == 200
    assert await status_of("/faq/", host=b"10.0.0.7") == 400
