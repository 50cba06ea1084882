"""A character that PostgreSQL's texts can't hold, in every field and address: no page breaks on it, whichever the database is."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DataError, connection
from django.urls import get_resolver

from assistants.models import Assistant
from tests.journeys.test_secret_prompts import LAST, NOT_OURS, TOLD, routes

NUL = "a\0b"
TEXTS = """
    initial_prompt model max_tokens temperature top_p personality name tagline description category tags starter_1 starter
    session_type summary_prompt avatar_style openness visibility note base style assistant code text title liked turn client_id
    words q sort tab page seed after from to left right better messages provider api_key label recovery_code days confirm
"""
FIELDS = dict.fromkeys(TEXTS.split(), NUL) | {"reason": "other"}
IN_PLACE = {"code": "%00", "provider_id": "%00", "number": "1", "announcement_id": "1", "decision_id": "1"}
NOBODY = "00000000-0000-4000-8000-000000000000"


def as_postgres_does(execute, sql, params, many, context):
    for value in params or ():
        if isinstance(value, str) and ("\0" in value or "\\u0000" in value):
            raise DataError(f"PostgreSQL text fields cannot contain NUL (0x00) bytes: {sql}")
    return execute(sql, params, many, context)


@pytest.fixture
def strict():
    with connection.execute_wrapper(as_postgres_does):
        yield


@pytest.fixture
def orla(alice):
    """Published; and one that was never."""
    code = alice.client.post("/lab/new/")["Location"].split("/")[2]
    alice.client.post(f"/lab/{code}/edit/", TOLD | {"next": "publish"})
    alice.client.post(f"/lab/{code}/publish/", TOLD | {"next": "publish"})
    alice.client.post("/lab/new/")
    return Assistant.objects.get(code=code)


def addresses(code):
    ids = dict.fromkeys(("session_id", "reply_id", "message_id"), NOBODY)
    for values in (ids | IN_PLACE, ids | IN_PLACE | {"code": code}):
        yield from (f"/{route % values}" for route in routes(get_resolver()) if not route.startswith(NOT_OURS))


def test_no_address_breaks_on_a_nul(alice, bob, orla, strict):
    drafted = Assistant.objects.get(active_version=None)
    found = {*addresses(orla.code), f"/lab/{drafted.code}/edit/", f"/lab/{drafted.code}/publish/"}
    for address in sorted(found, key=lambda each: (any(part in each for part in LAST), each)):
        for person in (alice, bob):
            for method in ("get", "post"):
                for headers in ({}, {"HX-Request": "true"}):
                    answer = getattr(person.client, method)(address, FIELDS, headers=headers)
                    assert answer.status_code < 500 or answer.status_code == 503, (method, address)


def test_a_file_with_a_nul_becomes_a_draft(alice, strict):
    values = dict.fromkeys(("name", "initial_prompt", "tagline", "tags"), NUL)
    content = json.dumps({"format": "gptlab-assistant", "version": 1, "assistant": values}).encode()
    answer = alice.client.post("/lab/new/", {"file": SimpleUploadedFile("a.json", content)})
    assert answer.status_code == 302
    assert Assistant.objects.get().name == "ab"
