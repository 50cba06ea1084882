"""A member of the staff at the admin's door, and the app on their phone."""

import re

from django.utils import timezone

from accounts import two_factor
from accounts.models import Authenticator
from tests import totp

PASSWORD = "a password that is long"
PAGE = "/admin/two-factor/"


def code_of(user, clock):
    return code_under(Authenticator.objects.get(user=user).key_text, clock)


def code_under(key_text, clock):
    return totp.code_under(key_text, clock.now)


def key_on(page):
    return re.search(r'class="lab-key">([A-Z2-7]{32})<', page)[1]


def confirm(user, clock):
    """Sets it up, without the pages: the recovery codes."""
    session = {}
    key = two_factor.begin(session).key_text
    return two_factor.confirm(user, code_under(key, clock), session=session, now=timezone.now())[1]


def sign_in(client, code="", password=PASSWORD, name="mo"):
    return client.post("/admin/login/", {"username": name, "password": password, "code": code, "next": "/admin/"})


def is_in(client):
    return client.get("/admin/").status_code == 200
